#pragma once

#include <llhttp.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "nbcrawl/request.hpp"

namespace nbcrawl {

struct RequestLimits {
  std::size_t max_head_bytes = 64 * 1024;  ///< request line and fields; also framing between two bytes of body
  std::uint64_t max_body_bytes = 1024 * 1024;
};

/// Whether a request by this method is taken: GET, HEAD, POST, PUT, DELETE, OPTIONS, TRACE or PATCH. Others get 501.
[[nodiscard]] bool is_known_method(std::string_view method) noexcept;

/// A server's side of HTTP/1.1 message parsing (RFC 9112), one request at a time: bytes in, one Request out. llhttp
/// does the grammar in its strict mode; refused beyond that are bare line feeds, folded lines, spare spaces in the
/// request line, and everything else that two implementations could read differently. Pure: no I/O, no clock.
class Http1RequestParser {
 public:
  enum class State : std::uint8_t { incomplete, complete, refused };

  explicit Http1RequestParser(RequestLimits limits) noexcept;

  /// Takes bytes up to the end of the request and says how many it took: what is left belongs to the next request.
  /// Takes nothing once the request is complete or refused.
  std::size_t feed(std::string_view bytes);

  [[nodiscard]] State state() const noexcept { return state_; }
  /// Whether a byte of a request came: tells a slow client from an idle one.
  [[nodiscard]] bool begun() const noexcept { return head_bytes_ > 0; }
  /// The client holds the body back until it hears 100 (Continue) (RFC 9110 section 10.1.1).
  [[nodiscard]] bool awaits_continue() const noexcept;
  /// Whether the connection may serve another request after this one (RFC 9112 section 9.3).
  [[nodiscard]] bool keep_alive() const noexcept { return keep_alive_; }
  /// The request, as far as it came. `path` and `query` are not filled in.
  [[nodiscard]] Request& request() noexcept { return request_; }
  [[nodiscard]] const Request& request() const noexcept { return request_; }

  /// Where refused: 400, 413, 414, 431, 501 or 505, and one sentence that says why.
  [[nodiscard]] int status() const noexcept { return status_; }
  [[nodiscard]] std::string_view reason() const noexcept { return reason_; }

  /// Ready for the next request; buffers are kept.
  void reset() noexcept;

 private:
  friend struct RequestCallbacks;

  std::size_t feed_method(std::string_view bytes);
  std::size_t feed_head(std::string_view bytes);
  std::size_t feed_body(std::string_view bytes);
  std::size_t execute(std::string_view bytes);
  void start_parsing();
  void check_request_line(std::string_view head);
  bool check_lines(std::string_view head);
  void check_head();
  void check_transfer_coding();
  void check_host();
  void refuse(int status, std::string_view reason) noexcept;

  enum class Part : std::uint8_t { method, head, body };

  RequestLimits limits_;
  llhttp_t parser_;
  Part part_ = Part::method;
  State state_ = State::incomplete;
  bool message_complete_ = false;
  bool keep_alive_ = false;
  bool body_begun_ = false;
  char last_ = '\0';  // of the head so far
  bool in_request_line_ = true;
  std::ptrdiff_t spaces_ = 0;  // of the request line, behind the method's
  int status_ = 0;
  std::string_view reason_;
  std::size_t head_bytes_ = 0;
  std::size_t framing_bytes_ = 0;  // since the last byte of body
  std::string name_;               // of the field line being read
  std::string value_;
  Request request_;
};

}  // namespace nbcrawl

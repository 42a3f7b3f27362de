#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "http/response_receiver.hpp"
#include "nbcrawl/response.hpp"

namespace nbcrawl {

/// Who gives a stream its request's body, and is told of its response.
class Http2Receiver : public ResponseReceiver {
 public:
  /// The request is on its way. Until then the server's limit on streams may hold it back.
  virtual void on_request_begun() = 0;
  /// Whether the rest of the body is worth waiting for; asked after each piece. If not, the response counts as
  /// complete.
  [[nodiscard]] virtual bool wants_rest() const noexcept = 0;
  /// Whether there is room for more of the body now; asked after each piece. If not, the server may send no more than
  /// the stream's window, until Http2Session::admit().
  [[nodiscard]] virtual bool has_room() = 0;
  /// The next bytes of the request's body; 0: it is at its end. nullopt: it can't be had, and the stream will be
  /// cancelled.
  virtual std::optional<std::size_t> read_request_body(std::span<char> into) = 0;
  /// The last call, but for a stream that was cancelled.
  virtual void on_end(ResponseEnd end) = 0;
};

/// The response on one stream of an HTTP/2 connection (RFC 9113 section 8.1), as its session hands it over piece by
/// piece. Owned by the session.
class Http2Stream {
 public:
  /// `to_head`: it answers a HEAD request and so has no body.
  void start(Response& response, Http2Receiver& receiver, std::size_t max_header_bytes, bool to_head) noexcept;

  /// A field line of the head, an interim response or the trailers. Error: header_too_large.
  Result<> on_field(std::string_view name, std::string_view value);
  /// The end of any of these. Errors: malformed_response, the receiver's.
  Result<> on_fields_end();
  /// What a server's breach of RFC 9113 section 8.1.1 means for the response.
  [[nodiscard]] Error malformed() const;

  [[nodiscard]] Http2Receiver* receiver() const noexcept { return receiver_; }
  /// Nobody is told of the stream any more, nor of what it still brings.
  Http2Receiver* detach() noexcept;
  [[nodiscard]] Handling handling() const noexcept;
  [[nodiscard]] bool has_head() const noexcept { return has_head_; }
  /// What the end of the connection means for the response.
  [[nodiscard]] Error cut_off(Error cause) const;

 private:
  friend class Http2Session;
  friend struct Http2Callbacks;

  Response* response_ = nullptr;
  Http2Receiver* receiver_ = nullptr;
  std::size_t max_header_bytes_ = 0;
  std::size_t head_bytes_ = 0;  // of the head and interim responses, then of the trailers
  std::uint64_t announced_bytes_ = 0;
  int status_ = 0;  // of an interim response, or the last
  bool to_head_ = false;
  bool has_head_ = false;

  // The session's bookkeeping.
  std::int32_t id_ = 0;
  std::size_t position_ = 0;
  bool is_open_ = false;            // the request's head was written
  bool request_is_sent_ = false;    // all of it
  std::uint64_t sent_bytes_ = 0;    // in frames of the body, padding included
  std::size_t withheld_bytes_ = 0;  // of what came: the server does not know yet that it may send as much again
  bool server_is_done_ = false;     // a frame said that it is the stream's last
};

}  // namespace nbcrawl

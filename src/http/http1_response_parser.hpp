#pragma once

#include <llhttp.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/response_receiver.hpp"
#include "nbcrawl/response.hpp"

namespace nbcrawl {

/// HTTP/1.1 responses (RFC 9112): bytes in, events out, no I/O. llhttp reads heads and chunked framing; a body that is
/// counted or ends with the connection passes through untouched. Interim responses (1xx) are skipped. One object serves
/// one connection, response after response.
class Http1ResponseParser {
 public:
  /// `max_header_bytes`: as Limits::max_header_bytes, and no more than its ceiling.
  explicit Http1ResponseParser(std::size_t max_header_bytes);
  Http1ResponseParser(const Http1ResponseParser&) = delete;
  Http1ResponseParser& operator=(const Http1ResponseParser&) = delete;

  /// Begins the next response. Its head is written to `response`, which must stay until is_complete() or the next
  /// start(). `to_head`: it answers a HEAD request and so has no body (RFC 9112 section 6.3, item 1).
  void start(Response& response, ResponseReceiver& receiver, bool to_head);

  /// Reads bytes and returns how many: fewer than given only where the response is complete, so what is left over does
  /// not belong to it. Errors: malformed_response, header_too_large, and the receiver's.
  Result<std::size_t> feed(std::string_view input);

  /// The peer has closed: completes a body that ends with the connection. Errors: connection_closed (no response),
  /// truncated_body.
  Result<> finish();

  [[nodiscard]] bool is_complete() const noexcept { return state_ == State::complete; }
  /// Whether any byte of this response has come.
  [[nodiscard]] bool has_begun() const noexcept { return state_ != State::head || head_bytes_ > 0; }
  /// Whether the connection may carry another request after this response (RFC 9112 section 9.3).
  [[nodiscard]] bool keep_alive() const noexcept { return keep_alive_; }

  /// Bytes still to come of a counted body: they may be read straight to where they belong and reported by skip_body().
  [[nodiscard]] std::uint64_t counted_body_left() const noexcept { return state_ == State::counted ? body_left_ : 0; }
  void skip_body(std::uint64_t bytes) noexcept;
  /// Of this response, interim ones included.
  [[nodiscard]] std::size_t head_bytes() const noexcept { return head_bytes_; }

 private:
  enum class State : std::uint8_t { head, counted, chunked, until_close, complete };
  friend struct Http1ResponseCallbacks;  // llhttp's C callbacks

  Result<std::size_t> feed_llhttp(std::string_view input);
  Result<std::size_t> feed_counted(std::string_view input);
  int on_headers_complete();
  int on_body(const char* at, std::size_t length);
  int on_message_complete();
  int end_field();
  int stop(Error error);

  llhttp_t llhttp_;
  std::size_t max_header_bytes_;
  Response* response_ = nullptr;
  ResponseReceiver* receiver_ = nullptr;
  State state_ = State::complete;
  bool to_head_ = false;
  bool interim_ = false;
  bool keep_alive_ = false;
  std::uint64_t body_left_ = 0;
  std::size_t head_bytes_ = 0;
  std::size_t framing_bytes_ = 0;   // of chunk framing or trailers since the last byte of body
  const char* body_end_ = nullptr;  // in the input being fed
  /// A part of a field line: a view of the input, copied only where the input ends within it.
  class Piece {
   public:
    void append(const char* at, std::size_t length) {
      if (text_.empty()) {
        text_ = {at, length};
      } else {
        keep();
        text_ = kept_.append(at, length);
      }
    }
    /// The input goes away.
    void keep() {
      if (text_.data() != kept_.data()) kept_ = text_;
      text_ = kept_;
    }
    void clear() noexcept { text_ = {}; }
    /// The message is whole: gives back what a hostile piece took.
    void release() noexcept {
      constexpr std::size_t most_kept_bytes = 4 * 1024;
      clear();
      if (kept_.capacity() > most_kept_bytes) std::string().swap(kept_);
    }
    [[nodiscard]] std::string_view text() const noexcept { return text_; }

   private:
    std::string_view text_;
    std::string kept_;
  };
  Piece field_name_;
  Piece field_value_;
  std::optional<Error> error_;
};

}  // namespace nbcrawl

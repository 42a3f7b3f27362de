#include "http/http2_stream.hpp"

#include <charconv>
#include <string>
#include <utility>

#include "base/ascii.hpp"

namespace nbcrawl {

namespace {

/// What a field line counts for beside its characters (RFC 9113 section 6.5.2): empty ones are not free either.
constexpr std::size_t field_overhead = 32;

std::uint64_t number(std::string_view digits) noexcept {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);  // nghttp2 has checked it
  return value;
}

}  // namespace

void Http2Stream::start(Response& response, Http2Receiver& receiver, std::size_t max_header_bytes,
                        bool to_head) noexcept {
  *this = {};
  response_ = &response;
  receiver_ = &receiver;
  max_header_bytes_ = max_header_bytes;
  to_head_ = to_head;
}

Http2Receiver* Http2Stream::detach() noexcept {
  response_ = nullptr;
  return std::exchange(receiver_, nullptr);
}

Handling Http2Stream::handling() const noexcept {
  if (has_head_ || head_bytes_ > 0) return Handling::answered;
  return is_open_ ? Handling::unanswered : Handling::untouched;
}

Result<> Http2Stream::on_field(std::string_view name, std::string_view value) {
  head_bytes_ += name.size() + value.size() + field_overhead;
  if (head_bytes_ > max_header_bytes_) {
    return std::unexpected(
        Error{.kind = ErrorKind::header_too_large,
              .phase = Phase::response,
              .detail = std::string(has_head_ ? "the trailers exceed " : "the response head exceeds ") +
                        std::to_string(max_header_bytes_) + " bytes"});
  }
  if (name == ":status") {
    status_ = static_cast<int>(number(value));
    return {};
  }
  if (!has_head_ && name == "content-length") announced_bytes_ = number(value);
  (has_head_ ? response_->trailers : response_->fields).add(name, trim_blanks(value));
  return {};
}

Result<> Http2Stream::on_fields_end() {
  if (has_head_) return {};
  if (status_ < 100) {
    return std::unexpected(Error{.kind = ErrorKind::malformed_response,
                                 .phase = Phase::response,
                                 .detail = "malformed response: the status is less than 100"});
  }
  if (status_ < 200) {
    response_->fields.clear();
    announced_bytes_ = 0;
    return {};
  }
  has_head_ = true;
  head_bytes_ = 0;
  response_->status = status_;
  response_->version_major = 2;
  response_->version_minor = 0;
  // RFC 9110 section 6.4.1: their Content-Length is that of another response.
  if (to_head_ || status_ == 204 || status_ == 304) announced_bytes_ = 0;
  return receiver_->on_head(announced_bytes_);
}

Error Http2Stream::malformed() const {
  if (server_is_done_ && has_head_ && sent_bytes_ < announced_bytes_) {
    return {.kind = ErrorKind::truncated_body,
            .phase = Phase::response,
            .detail = "the stream ended " + std::to_string(announced_bytes_ - sent_bytes_) +
                      " bytes before the end of the body"};
  }
  return {.kind = ErrorKind::malformed_response,
          .phase = Phase::response,
          .detail = "malformed response: its frames or fields are not what HTTP/2 allows"};
}

Error Http2Stream::cut_off(Error cause) const {
  if (has_head_ && cause.kind == ErrorKind::connection_closed) {
    cause.kind = ErrorKind::truncated_body;
    cause.detail = "the connection ended before the end of the body";
  }
  return cause;
}

}  // namespace nbcrawl

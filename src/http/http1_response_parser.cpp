#include "http/http1_response_parser.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"

namespace nbcrawl {

namespace {

Error failure(ErrorKind kind, std::string detail) {
  return {.kind = kind, .phase = Phase::response, .detail = std::move(detail)};
}

/// No other transfer coding was asked for (no TE field is sent), and chunked may be applied only once (RFC 9112
/// section 6.1).
bool is_chunked_once(const Fields& fields) noexcept {
  bool chunked = false;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto [name, value] = fields[i];
    if (!equals_ignoring_case(name, "transfer-encoding")) continue;
    if (chunked || !equals_ignoring_case(value, "chunked")) return false;
    chunked = true;
  }
  return chunked;
}

}  // namespace

/// llhttp's callbacks: C functions that find their parser in `data`.
struct Http1ResponseCallbacks {
  static Http1ResponseParser& self(llhttp_t* llhttp) { return *static_cast<Http1ResponseParser*>(llhttp->data); }

  static int on_status(llhttp_t* llhttp, const char* at, std::size_t length) noexcept {
    self(llhttp).response_->reason.append(at, length);
    return 0;
  }
  static int on_header_field(llhttp_t* llhttp, const char* at, std::size_t length) noexcept {
    self(llhttp).field_name_.append(at, length);
    return 0;
  }
  static int on_header_value(llhttp_t* llhttp, const char* at, std::size_t length) noexcept {
    self(llhttp).field_value_.append(at, length);
    return 0;
  }
  static int on_header_value_complete(llhttp_t* llhttp) noexcept { return self(llhttp).end_field(); }
  static int on_headers_complete(llhttp_t* llhttp) noexcept { return self(llhttp).on_headers_complete(); }
  static int on_body(llhttp_t* llhttp, const char* at, std::size_t length) noexcept {
    return self(llhttp).on_body(at, length);
  }
  static int on_message_complete(llhttp_t* llhttp) noexcept { return self(llhttp).on_message_complete(); }

  static llhttp_settings_t make_settings() {
    llhttp_settings_t settings;
    llhttp_settings_init(&settings);
    settings.on_status = &on_status;
    settings.on_header_field = &on_header_field;
    settings.on_header_value = &on_header_value;
    settings.on_header_value_complete = &on_header_value_complete;
    settings.on_headers_complete = &on_headers_complete;
    settings.on_body = &on_body;
    settings.on_message_complete = &on_message_complete;
    return settings;
  }
  static const llhttp_settings_t& settings() {
    static const llhttp_settings_t table = make_settings();
    return table;
  }
};

Http1ResponseParser::Http1ResponseParser(std::size_t max_header_bytes) : max_header_bytes_(max_header_bytes) {
  llhttp_init(&llhttp_, HTTP_RESPONSE, &Http1ResponseCallbacks::settings());
  llhttp_.data = this;
  // It is paused behind the final response. One that ends the connection by its version or fields, but is interim, has
  // the final one behind it all the same (RFC 9110 section 15.2).
  llhttp_set_lenient_keep_alive(&llhttp_, 1);
}

void Http1ResponseParser::start(Response& response, ResponseReceiver& receiver, bool to_head) {
  llhttp_reset(&llhttp_);
  response_ = &response;
  receiver_ = &receiver;
  to_head_ = to_head;
  state_ = State::head;
  interim_ = false;
  keep_alive_ = false;
  body_left_ = 0;
  head_bytes_ = 0;
  framing_bytes_ = 0;
  field_name_.clear();
  field_value_.clear();
  error_.reset();
}

Result<std::size_t> Http1ResponseParser::feed(std::string_view input) {
  std::size_t used = 0;
  while (used < input.size() && state_ != State::complete) {
    const std::string_view rest = input.substr(used);
    auto step = state_ == State::head || state_ == State::chunked ? feed_llhttp(rest) : feed_counted(rest);
    if (!step) return step;
    used += *step;
  }
  return used;
}

Result<std::size_t> Http1ResponseParser::feed_llhttp(std::string_view input) {
  const bool in_head = state_ == State::head;
  // One byte more than the head may have, so that the limit is exact however the bytes are cut.
  if (in_head) input = input.substr(0, max_header_bytes_ + 1 - head_bytes_);
  body_end_ = nullptr;
  const llhttp_errno_t status = llhttp_execute(&llhttp_, input.data(), input.size());
  field_name_.keep();
  field_value_.keep();
  if (error_) return std::unexpected(std::move(*error_));
  std::size_t used = input.size();
  if (status == HPE_PAUSED) {
    used = static_cast<std::size_t>(llhttp_get_error_pos(&llhttp_) - input.data());
    if (state_ != State::complete) llhttp_resume(&llhttp_);
  } else if (status != HPE_OK) {
    return std::unexpected(failure(ErrorKind::malformed_response,
                                   std::string("malformed response: ") + llhttp_get_error_reason(&llhttp_)));
  }
  if (in_head) {
    head_bytes_ += used;
    if (head_bytes_ > max_header_bytes_) {
      return std::unexpected(failure(ErrorKind::header_too_large,
                                     "the response head exceeds " + std::to_string(max_header_bytes_) + " bytes"));
    }
  } else {
    framing_bytes_ =
        body_end_ != nullptr ? static_cast<std::size_t>(input.data() + used - body_end_) : framing_bytes_ + used;
    if (framing_bytes_ > max_header_bytes_) {
      return std::unexpected(failure(ErrorKind::header_too_large, "chunk framing or trailers exceed " +
                                                                      std::to_string(max_header_bytes_) + " bytes"));
    }
  }
  return used;
}

Result<std::size_t> Http1ResponseParser::feed_counted(std::string_view input) {
  if (state_ == State::counted) input = input.substr(0, std::min<std::uint64_t>(input.size(), body_left_));
  if (auto taken = receiver_->on_body(input); !taken) return std::unexpected(std::move(taken.error()));
  if (state_ == State::counted) skip_body(input.size());
  return input.size();
}

void Http1ResponseParser::skip_body(std::uint64_t bytes) noexcept {
  body_left_ -= bytes;
  if (body_left_ == 0) state_ = State::complete;
}

Result<> Http1ResponseParser::finish() {
  switch (state_) {
    case State::complete: return {};
    case State::until_close: state_ = State::complete; return {};
    case State::head:
      return std::unexpected(failure(ErrorKind::connection_closed,
                                     head_bytes_ == 0 ? "the server closed the connection without a response"
                                                      : "the server closed the connection within the response head"));
    case State::counted:
      return std::unexpected(failure(ErrorKind::truncated_body, "the connection ended " + std::to_string(body_left_) +
                                                                    " bytes before the end of the body"));
    case State::chunked: break;
  }
  return std::unexpected(failure(ErrorKind::truncated_body, "the connection ended before the last chunk of the body"));
}

int Http1ResponseParser::on_headers_complete() {
  constexpr int no_body = 1;  // llhttp: the message ends with its head
  const int status = llhttp_.status_code;
  if (llhttp_.http_major != 1) return stop(failure(ErrorKind::malformed_response, "malformed response: not HTTP/1.x"));
  // llhttp also takes fewer digits than three (RFC 9112 section 4).
  if (status < 100)
    return stop(
        failure(ErrorKind::malformed_response, "malformed response: the status is not a number of three digits"));
  if (status == 101) return stop(failure(ErrorKind::malformed_response, "the server switched protocols unasked (101)"));
  interim_ = status >= 100 && status < 200;
  if (interim_) return no_body;

  response_->status = status;
  response_->version_major = llhttp_.http_major;
  response_->version_minor = llhttp_.http_minor;
  // RFC 9112 section 9.3; section 6.1: the framing of HTTP/1.0 with a transfer coding is not to be trusted.
  keep_alive_ = llhttp_.http_minor >= 1
                    ? (llhttp_.flags & F_CONNECTION_CLOSE) == 0
                    : (llhttp_.flags & (F_CONNECTION_KEEP_ALIVE | F_TRANSFER_ENCODING)) == F_CONNECTION_KEEP_ALIVE;
  // RFC 9112 section 6.3, in its order.
  int answer = no_body;
  if (to_head_ || status == 204 || status == 304) {
    answer = no_body;
  } else if ((llhttp_.flags & F_TRANSFER_ENCODING) != 0) {
    if (!is_chunked_once(response_->fields)) {
      return stop(failure(ErrorKind::malformed_response, "the response has a transfer coding other than chunked"));
    }
    state_ = State::chunked;
    answer = HPE_PAUSED;  // so that feed_llhttp() learns where the head ends
  } else if ((llhttp_.flags & F_CONTENT_LENGTH) != 0) {
    body_left_ = llhttp_.content_length;
    if (body_left_ > 0) state_ = State::counted;
  } else {
    state_ = State::until_close;
    keep_alive_ = false;
  }
  if (auto accepted = receiver_->on_head(counted_body_left()); !accepted) return stop(std::move(accepted.error()));
  return answer;
}

int Http1ResponseParser::on_body(const char* at, std::size_t length) {
  body_end_ = at + length;
  if (auto taken = receiver_->on_body({at, length}); !taken) return stop(std::move(taken.error()));
  return 0;
}

int Http1ResponseParser::on_message_complete() {
  field_name_.release();
  field_value_.release();
  if (interim_) {
    response_->reason.clear();
    response_->fields.clear();
    return 0;
  }
  if (state_ == State::head || state_ == State::chunked) state_ = State::complete;
  return HPE_PAUSED;  // what follows in the input is the body's, or nobody's
}

int Http1ResponseParser::end_field() {
  // llhttp takes a line that begins with its colon; a field name is a token, of one character at least (RFC 9110
  // section 5.1).
  if (field_name_.text().empty())
    return stop(failure(ErrorKind::malformed_response, "malformed response: a field without name"));
  // llhttp takes off the white space before a value, not that behind it (RFC 9112 section 5.1).
  const std::string_view value = trim_blanks(field_value_.text());
  // Fields after the first byte of body are trailers (RFC 9112 section 7.1.2).
  (state_ == State::chunked ? response_->trailers : response_->fields).add(field_name_.text(), value);
  field_name_.clear();
  field_value_.clear();
  return 0;
}

int Http1ResponseParser::stop(Error error) {
  error_ = std::move(error);
  return HPE_USER;
}

}  // namespace nbcrawl

#include "http/http1_request_parser.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/field_syntax.hpp"

namespace nbcrawl {

namespace {

/// RFC 9110 section 9 and PATCH of RFC 5789. CONNECT is a proxy's.
constexpr std::array<std::string_view, 8> known_methods = {"GET",    "HEAD",    "POST",  "PUT",
                                                           "DELETE", "OPTIONS", "TRACE", "PATCH"};
constexpr std::size_t longest_method = 7;

/// What may stand in Host: uri-host [":" port] (RFC 3986 section 3.2).
bool is_host_character(char c) noexcept {
  return is_alphanumeric(c) || (c != '\0' && std::string_view("-._~%!$&'()*+,;=:[]").contains(c));
}

}  // namespace

bool is_known_method(std::string_view method) noexcept {
  return std::ranges::find(known_methods, method) != known_methods.end();
}

/// What llhttp calls. A span may come in several pieces; a field line's end is known at its value's end.
struct RequestCallbacks {
  static Http1RequestParser& self(llhttp_t* parser) noexcept { return *static_cast<Http1RequestParser*>(parser->data); }

  static int on_url(llhttp_t* parser, const char* at, std::size_t size) noexcept {
    self(parser).request_.target.append(at, size);
    return HPE_OK;
  }
  static int on_header_field(llhttp_t* parser, const char* at, std::size_t size) noexcept {
    self(parser).name_.append(at, size);
    return HPE_OK;
  }
  static int on_header_value(llhttp_t* parser, const char* at, std::size_t size) noexcept {
    self(parser).value_.append(at, size);
    return HPE_OK;
  }
  static int on_header_value_complete(llhttp_t* parser) noexcept {
    Http1RequestParser& me = self(parser);
    if (me.name_.empty()) return HPE_USER;
    // Trailers are dropped (RFC 9110 section 6.5.1): a handler must not take one for a field of the head.
    if (me.part_ == Http1RequestParser::Part::head) me.request_.fields.add(me.name_, trim_blanks(me.value_));
    me.name_.clear();
    me.value_.clear();
    return HPE_OK;
  }
  static int on_headers_complete(llhttp_t* parser) noexcept {
    parser->upgrade = 0;  // no protocol to upgrade to: the field is ignored (RFC 9110 section 7.8)
    return HPE_PAUSED;
  }
  static int on_body(llhttp_t* parser, const char* at, std::size_t size) noexcept {
    Http1RequestParser& me = self(parser);
    me.framing_bytes_ = 0;
    if (me.request_.body.size() + size > me.limits_.max_body_bytes) {
      me.refuse(413, "the body is larger than this server takes");
      return HPE_USER;
    }
    me.request_.body.append(at, size);
    return HPE_OK;
  }
  static int on_message_complete(llhttp_t* parser) noexcept {
    Http1RequestParser& me = self(parser);
    me.message_complete_ = true;
    me.keep_alive_ = llhttp_should_keep_alive(parser) != 0;
    return HPE_PAUSED;
  }

  static const llhttp_settings_t& settings() noexcept {
    static const llhttp_settings_t callbacks = [] {
      llhttp_settings_t all;
      llhttp_settings_init(&all);
      all.on_url = on_url;
      all.on_header_field = on_header_field;
      all.on_header_value = on_header_value;
      all.on_header_value_complete = on_header_value_complete;
      all.on_headers_complete = on_headers_complete;
      all.on_body = on_body;
      all.on_message_complete = on_message_complete;
      return all;
    }();
    return callbacks;
  }
};

Http1RequestParser::Http1RequestParser(RequestLimits limits) noexcept : limits_(limits) {}

void Http1RequestParser::reset() noexcept {
  part_ = Part::method;
  state_ = State::incomplete;
  message_complete_ = false;
  keep_alive_ = false;
  body_begun_ = false;
  last_ = '\0';
  in_request_line_ = true;
  spaces_ = 0;
  status_ = 0;
  reason_ = {};
  head_bytes_ = 0;
  framing_bytes_ = 0;
  name_.clear();
  value_.clear();
  request_.method.clear();
  request_.target.clear();
  request_.path.clear();
  request_.query.clear();
  request_.version_minor = 1;
  request_.fields.clear();
  request_.body.clear();
}

void Http1RequestParser::refuse(int status, std::string_view reason) noexcept {
  if (state_ == State::refused) return;
  state_ = State::refused;
  keep_alive_ = false;
  status_ = status;
  reason_ = reason;
}

bool Http1RequestParser::awaits_continue() const noexcept {
  return state_ == State::incomplete && part_ == Part::body && !body_begun_ && request_.version_minor > 0 &&
         request_.fields.has_token("Expect", "100-continue");
}

std::size_t Http1RequestParser::feed(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && state_ == State::incomplete) {
    const std::string_view rest = bytes.substr(taken);
    switch (part_) {
      case Part::method: taken += feed_method(rest); break;
      case Part::head: taken += feed_head(rest); break;
      case Part::body: taken += feed_body(rest); break;
    }
  }
  return taken;
}

/// The method is read here, not by llhttp, which fails in the middle of one it doesn't know: too early to tell an
/// unknown method (501) from no method at all (400).
std::size_t Http1RequestParser::feed_method(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    const bool before_method = request_.method.empty();
    ++head_bytes_;
    if (before_method && (c == '\r' || (c == '\n' && last_ == '\r'))) {
      // Empty lines before a request line are skipped (RFC 9112 section 2.2).
      last_ = c;
      if (head_bytes_ > limits_.max_head_bytes) refuse(431, "too many empty lines before the request line");
    } else if (c == ' ' && !before_method) {
      start_parsing();
    } else if (!is_token_character(c) || last_ == '\r') {
      refuse(400, "the request does not begin with a method");
    } else if (request_.method.size() == 4 * longest_method) {
      refuse(501, "the method is unknown");
    } else {
      request_.method += c;
      last_ = c;
    }
    if (part_ != Part::method || state_ == State::refused) return i + 1;
  }
  return bytes.size();
}

void Http1RequestParser::start_parsing() {
  if (!is_known_method(request_.method)) {
    refuse(501, "the method is unknown");
    return;
  }
  llhttp_init(&parser_, HTTP_REQUEST, &RequestCallbacks::settings());
  parser_.lenient_flags |= LENIENT_VERSION;  // check_head() looks at it, to answer 505 where it is HTTP at all
  part_ = Part::head;
  last_ = ' ';
  execute(request_.method);
  execute(" ");
}

std::size_t Http1RequestParser::execute(std::string_view bytes) {
  parser_.data = this;  // set each time: the object may have been moved
  const llhttp_errno_t outcome = llhttp_execute(&parser_, bytes.data(), bytes.size());
  if (outcome == HPE_OK) return bytes.size();
  const auto taken = static_cast<std::size_t>(llhttp_get_error_pos(&parser_) - bytes.data());
  if (outcome != HPE_PAUSED) refuse(400, "the request is malformed");
  return taken;
}

std::size_t Http1RequestParser::feed_head(std::string_view bytes) {
  const std::string_view allowed =
      bytes.substr(0, limits_.max_head_bytes - std::min(head_bytes_, limits_.max_head_bytes));
  if (allowed.empty()) {
    if (in_request_line_) {
      refuse(414, "the request target is longer than this server takes");
    } else {
      refuse(431, "the request line and fields are larger than this server takes");
    }
    return 0;
  }
  const std::size_t taken = execute(allowed);
  head_bytes_ += taken;
  const bool paused = state_ == State::incomplete && llhttp_get_errno(&parser_) == HPE_PAUSED;
  if (in_request_line_) check_request_line(allowed.substr(0, taken));
  if (!check_lines(allowed.substr(0, taken)) || !paused) return taken;
  check_head();
  if (state_ == State::refused) return taken;
  part_ = Part::body;
  llhttp_resume(&parser_);
  // Where there is no body llhttp is at the end of the message, and takes nothing more to say so.
  execute({bytes.data() + taken, 0});
  if (message_complete_ && state_ == State::incomplete) state_ = State::complete;
  return taken;
}

/// One space before the target and one behind it (RFC 9112 section 3): who takes more may see another target.
void Http1RequestParser::check_request_line(std::string_view head) {
  const std::size_t end = std::min(head.find('\n'), head.size());
  in_request_line_ = end == head.size();
  spaces_ += std::ranges::count(head.substr(0, end), ' ');
  if (spaces_ > 1) refuse(400, "the request line has more than two spaces");  // the method's is not counted
}

/// Bare line feeds and folded lines: allowed to a lenient recipient, and read differently by different ones
/// (RFC 9112 sections 2.2 and 5.2).
bool Http1RequestParser::check_lines(std::string_view head) {
  const auto is_fold = [](char c) { return c == ' ' || c == '\t'; };
  if (!head.empty() && last_ == '\n' && is_fold(head.front())) refuse(400, "a field line is folded");
  for (std::size_t at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1)) {
    if ((at == 0 ? last_ : head[at - 1]) != '\r') refuse(400, "a line ends without a carriage return");
    if (at + 1 < head.size() && is_fold(head[at + 1])) refuse(400, "a field line is folded");
  }
  if (!head.empty()) last_ = head.back();
  return state_ == State::incomplete;
}

void Http1RequestParser::check_head() {
  request_.version_minor = llhttp_get_http_minor(&parser_);
  if (llhttp_get_http_major(&parser_) != 1) {
    refuse(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    return;
  }
  check_host();
  check_transfer_coding();
  if ((parser_.flags & F_CONTENT_LENGTH) != 0) {
    if (parser_.content_length > limits_.max_body_bytes) {
      refuse(413, "the body is larger than this server takes");
    }
  }
}

/// Exactly one valid Host in HTTP/1.1 (RFC 9112 section 3.2).
void Http1RequestParser::check_host() {
  std::size_t hosts = 0;
  for (std::size_t i = 0; i < request_.fields.size(); ++i) {
    const Field field = request_.fields[i];
    if (!equals_ignoring_case(field.name, "Host")) continue;
    ++hosts;
    if (!std::ranges::all_of(field.value, is_host_character)) refuse(400, "Host is not a host");
  }
  if (hosts > 1 || (hosts == 0 && request_.version_minor > 0)) refuse(400, "there must be exactly one Host");
}

void Http1RequestParser::check_transfer_coding() {
  if ((parser_.flags & F_TRANSFER_ENCODING) == 0) return;
  if (request_.version_minor == 0) {
    refuse(400, "HTTP/1.0 has no Transfer-Encoding");  // RFC 9112 section 6.1
    return;
  }
  for (std::size_t i = 0; i < request_.fields.size(); ++i) {
    const Field field = request_.fields[i];
    if (!equals_ignoring_case(field.name, "Transfer-Encoding")) continue;
    if (!equals_ignoring_case(field.value, "chunked")) refuse(501, "the only transfer coding known here is chunked");
  }
}

std::size_t Http1RequestParser::feed_body(std::string_view bytes) {
  const std::size_t framing_before = framing_bytes_;
  const std::size_t body_before = request_.body.size();
  const std::size_t taken = execute(bytes);
  body_begun_ = true;
  if (message_complete_) {
    if (state_ == State::incomplete) state_ = State::complete;
    return taken;
  }
  // A piece without a byte of body is all framing: chunk sizes, extensions, trailers.
  if (request_.body.size() == body_before) framing_bytes_ = framing_before + taken;
  if (framing_bytes_ > limits_.max_head_bytes)
    refuse(431, "chunk framing or trailers are larger than this server takes");
  return taken;
}

}  // namespace nbcrawl

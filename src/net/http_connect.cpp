#include "net/http_connect.hpp"

#include <charconv>

namespace nbcrawl {

namespace {

/// Of a line no more is of interest than "HTTP/1.1 200 ".
constexpr std::size_t kept_line_bytes = 16;

/// The status code of a status line (RFC 9112 section 4); 0: it is none.
int status_of(std::string_view line) noexcept {
  constexpr std::string_view version = "HTTP/1.";
  const std::size_t code_at = version.size() + 2;
  if (!line.starts_with(version) || line.size() < code_at + 3 || line[code_at - 1] != ' ') return 0;
  const bool ends = line.size() == code_at + 3 || line[code_at + 3] == ' ' || line[code_at + 3] == '\r';
  int status = 0;
  const auto [end, failed] = std::from_chars(line.data() + code_at, line.data() + code_at + 3, status);
  const bool is_code = failed == std::errc() && end == line.data() + code_at + 3;
  return ends && is_code && status >= 100 && status < 600 ? status : 0;
}

}  // namespace

HttpConnect::HttpConnect(std::string proxy, std::string_view authority, std::string_view credentials)
    : ProxyHandshake(std::move(proxy)), has_credentials_(!credentials.empty()) {
  outgoing_.append("CONNECT ").append(authority).append(" HTTP/1.1\r\nHost: ").append(authority).append("\r\n");
  if (has_credentials_) outgoing_.append("Proxy-Authorization: ").append(credentials).append("\r\n");
  outgoing_.append("\r\n");
}

Result<> HttpConnect::feed(std::string_view input) {
  for (const char c : input) {
    if (done_) return std::unexpected(failed("sent bytes before the tunnel was used"));
    if (++head_bytes_ > max_head_bytes) {
      return std::unexpected(failed("sent more than " + std::to_string(max_head_bytes) + " bytes of fields"));
    }
    if (c == '\n') {
      if (auto ended = end_line(); !ended) return ended;
    } else if (line_.size() < kept_line_bytes) {
      line_ += c;
    }
  }
  return {};
}

Result<> HttpConnect::end_line() {
  if (status_ == 0) {
    if (auto read = read_status(); !read) return read;
  } else if (line_.empty() || line_ == "\r") {
    done_ = status_ >= 200;
    status_ = 0;  // behind an interim answer (RFC 9110 section 15.2) comes another
  }
  line_.clear();
  return {};
}

Result<> HttpConnect::read_status() {
  status_ = status_of(line_);
  if (status_ == 0) return std::unexpected(failed("does not answer as an HTTP proxy"));
  if (status_ == 407) {
    return std::unexpected(denied(has_credentials_ ? "does not take this user name and password (status 407)"
                                                   : "wants a user name and a password (status 407)"));
  }
  if (status_ >= 300 || status_ == 101) {
    return std::unexpected(failed("made no connection (status " + std::to_string(status_) + ")"));
  }
  return {};
}

}  // namespace nbcrawl

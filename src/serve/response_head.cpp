#include "serve/response_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace nbcrawl {

namespace {

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

/// Whether a response of this status says nothing of a length, not even that it is none (RFC 9110 section 8.6).
bool has_no_length(int status) noexcept { return status < 200 || status == 204 || status == 304; }

}  // namespace

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 203: return "Non-Authoritative Information";
    case 204: return "No Content";
    case 205: return "Reset Content";
    case 206: return "Partial Content";
    case 300: return "Multiple Choices";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 425: return "Too Early";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 451: return "Unavailable For Legal Reasons";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
  }
}

std::string_view HttpDate::at(std::time_t seconds) {
  if (seconds == seconds_) return text_;
  seconds_ = seconds;
  constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 64> text;
  const int size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                 days[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                                 months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                                 utc.tm_min, utc.tm_sec);
  text_.assign(text.data(), static_cast<std::size_t>(size));
  return text_;
}

bool has_no_content(int status) noexcept { return has_no_length(status) || status == 205; }

bool is_reserved_field(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 5> reserved = {"Connection", "Content-Length", "Content-Type", "Date",
                                                        "Transfer-Encoding"};
  return std::ranges::any_of(reserved, [&](std::string_view known) { return equals_ignoring_case(known, name); });
}

ResponseFraming choose_framing(const Answer& answer, bool http_1_0, bool keep_alive) noexcept {
  return {.http_1_0 = http_1_0,
          .keep_alive = keep_alive,
          .chunked = answer.chunks > 0 && !http_1_0 && !has_no_content(answer.status)};
}

void append_head(std::string& out, const Answer& answer, ResponseFraming framing, std::string_view date) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::uint64_t>(answer.status));
  out.append(" ").append(reason_phrase(answer.status)).append("\r\nDate: ").append(date).append("\r\n");
  out += answer.field_lines;
  if (framing.chunked) {
    out += "Transfer-Encoding: chunked\r\n";
  } else if (!has_no_length(answer.status)) {
    out += "Content-Length: ";
    append_number(out, has_no_content(answer.status) ? 0 : answer.body_bytes());
    out += "\r\n";
  }
  if (!framing.keep_alive) {
    out += "Connection: close\r\n";
  } else if (framing.http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

}  // namespace nbcrawl

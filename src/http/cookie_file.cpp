#include "http/cookie_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <expected>
#include <optional>
#include <utility>

#include "base/field_syntax.hpp"
#include "http/public_suffix.hpp"

namespace nbcrawl {

namespace {

constexpr std::string_view http_only_mark = "#HttpOnly_";

/// Why a line is no cookie.
using Reason = std::string_view;

std::optional<bool> to_bool(std::string_view text) noexcept {
  if (equals_ignoring_case(text, "TRUE")) return true;
  if (equals_ignoring_case(text, "FALSE")) return false;
  return std::nullopt;
}

/// nullopt: not a number of seconds that a clock can count.
std::optional<std::chrono::sys_seconds> to_time(std::string_view text) noexcept {
  constexpr std::int64_t latest = 253'402'300'799;  // the end of the year 9999
  std::int64_t seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data(), end, seconds);
  if (failed != std::errc() || stopped != end || seconds < 0) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(std::min(seconds, latest)));
}

std::expected<Cookie, Reason> to_cookie(std::string_view line) {
  Cookie cookie;
  if (line.starts_with(http_only_mark)) {
    cookie.http_only = true;
    line.remove_prefix(http_only_mark.size());
  }
  if (!is_field_value(line)) return std::unexpected("it holds a control character");
  std::array<std::string_view, 7> fields;
  std::size_t count = 0;
  for (bool more = true; more; ++count) {
    if (count == fields.size()) return std::unexpected("it has more than seven fields with tabs between");
    const std::size_t tab = std::min(line.find('\t'), line.size());
    fields[count] = line.substr(0, tab);
    more = tab < line.size();
    line.remove_prefix(std::min(tab + 1, line.size()));
  }
  if (count < 6) return std::unexpected("it has not seven fields with tabs between");  // an empty value may be cut off
  const auto shared = to_bool(fields[1]);
  const auto secure = to_bool(fields[3]);
  const auto expires = to_time(fields[4]);
  if (!shared || !secure) return std::unexpected("its second and fourth field are not both TRUE or FALSE");
  if (!expires) return std::unexpected("its fifth field is no number of seconds since 1970");
  if (!fields[2].starts_with('/')) return std::unexpected("its third field, the path, does not begin with '/'");
  // As a URL has it: in lower case, not ASCII as punycode.
  const std::string_view domain = fields[0].substr(*shared && fields[0].starts_with('.') ? 1 : 0);
  const auto url = Url::parse("http://" + std::string(domain) + ":1/");
  if (domain.find_first_of("/?#@\\") != std::string_view::npos || !url || url->port() != 1)
    return std::unexpected("its first field is no host");
  cookie.domain = url->host();
  cookie.host_only = !*shared || is_address(cookie.domain);
  cookie.path = fields[2];
  cookie.secure = *secure;
  if (expires->time_since_epoch().count() != 0) cookie.expires = expires;
  cookie.name = fields[5];
  cookie.value = fields[6];
  if (!cookie.host_only && is_public_suffix(cookie.domain))
    return std::unexpected("nothing is shared by all of its domain");
  if (cookie.name.empty() && cookie.value.empty()) return std::unexpected("it has neither name nor value");
  if (cookie.name.size() + cookie.value.size() > max_cookie_bytes || cookie.path.size() > max_cookie_attribute_bytes)
    return std::unexpected("it is too long");
  if (!keeps_promise_of_name(cookie)) return std::unexpected("it is not what the prefix of its name promises");
  return cookie;
}

}  // namespace

std::string write_cookies(const CookieJar& jar, std::chrono::sys_seconds now) {
  std::string text = "# Netscape HTTP Cookie File\n# Written by nbcrawl. Whoever knows these can act in your name.\n\n";
  for (const Cookie* cookie : jar.all(now)) {
    if (cookie->http_only) text += http_only_mark;
    if (!cookie->host_only) text += '.';
    text.append(cookie->domain).append(cookie->host_only ? "\tFALSE\t" : "\tTRUE\t").append(cookie->path);
    text.append(cookie->secure ? "\tTRUE\t" : "\tFALSE\t");
    text += std::to_string(cookie->expires ? cookie->expires->time_since_epoch().count() : 0);
    text.append("\t").append(cookie->name).append("\t").append(cookie->value).append("\n");
  }
  return text;
}

Result<> read_cookies(std::string_view text, std::string_view file, CookieJar& jar, std::chrono::sys_seconds now) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || (line.starts_with('#') && !line.starts_with(http_only_mark))) continue;
    auto cookie = to_cookie(line);
    if (!cookie) {
      return std::unexpected(Error{.kind = ErrorKind::invalid_job,
                                   .phase = Phase::job,
                                   .detail = std::string(file) + ":" + std::to_string(number) +
                                             ": not a cookie in Netscape's format: " + std::string(cookie.error())});
    }
    if (!cookie->is_expired(now)) jar.keep(std::move(*cookie), now);
  }
  return {};
}

}  // namespace nbcrawl

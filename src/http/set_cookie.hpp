#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nbcrawl {

/// Bytes of a cookie's name and value together (RFC 6265bis section 5.6).
inline constexpr std::size_t max_cookie_bytes = 4096;
/// Bytes of an attribute's value; a longer attribute does not count.
inline constexpr std::size_t max_cookie_attribute_bytes = 1024;
/// The longest that a cookie is kept (RFC 6265bis section 5.5).
inline constexpr std::chrono::days max_cookie_age{400};

/// What a Set-Cookie field says, before it is held against the URL it came from.
struct SetCookie {
  std::string name;
  std::string value;
  std::string domain;                               ///< lower case, a leading dot taken off; empty: none given
  std::string path;                                 ///< empty: none given that begins with "/"
  std::optional<std::chrono::sys_seconds> expires;  ///< nullopt: with the session
  bool secure = false;
  bool http_only = false;
};

/// Reads the value of a Set-Cookie field (RFC 6265bis section 5.6). nullopt: it is to be ignored, since it holds a
/// control character or is too long or empty. The tab is no more allowed within name or value, as in curl: the files
/// that cookies are kept in have it between their fields.
[[nodiscard]] std::optional<SetCookie> parse_set_cookie(std::string_view text, std::chrono::sys_seconds now);

}  // namespace nbcrawl

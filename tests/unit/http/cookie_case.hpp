#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "http/cookie_jar.hpp"

namespace nbcrawl {

/// A moment that tests take for now.
inline constexpr std::chrono::sys_seconds now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 26);

/// What a jar sends to `to` after `from` has set a cookie.
inline std::string sent(std::string_view from, std::string_view set_cookie, std::string_view to) {
  CookieJar jar;
  jar.set(*Url::parse(from), set_cookie, now);
  return jar.cookies_for(*Url::parse(to), now);
}

}  // namespace nbcrawl

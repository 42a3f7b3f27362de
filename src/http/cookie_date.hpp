#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace nbcrawl {

/// A date as the attribute Expires of a cookie holds it, which may be nearly anything (RFC 6265bis section 5.1.1).
/// nullopt: not one.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_cookie_date(std::string_view text);

}  // namespace nbcrawl

#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace nbcrawl {

/// A date as HTTP writes it, in any of its three forms (RFC 9110 section 5.6.7). nullopt: not one.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

/// How long Retry-After asks to wait, given as seconds or as a date (RFC 9110 section 10.2.3); a date that has passed
/// is no wait, and a year is the longest. nullopt: neither.
[[nodiscard]] std::optional<std::chrono::seconds> parse_retry_after(std::string_view text,
                                                                    std::chrono::system_clock::time_point now);

}  // namespace nbcrawl

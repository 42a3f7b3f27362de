#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nbcrawl {

/// A duration as the command line and job lists write it: a number with the unit ms, s, m or h behind it, or without a
/// unit in seconds ("10", "1.5s", "250ms"). Rounded to milliseconds, but what is above zero stays above zero. Nothing:
/// the text is no duration, or one above max_duration.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept;

/// Small enough that a deadline of the nanosecond clock can't wrap.
inline constexpr std::chrono::hours max_duration{24 * 366 * 100};

/// A duration of a program, which may be anything, within 0 and max_duration.
template <class Rep, class Period>
constexpr std::chrono::duration<Rep, Period> bounded(std::chrono::duration<Rep, Period> duration) noexcept {
  return std::clamp(duration, duration.zero(), std::chrono::duration<Rep, Period>(max_duration));
}

/// A number of bytes: a whole number, with k, M or G behind it (either case) times 1024, 1024² or 1024³, as in curl.
/// Nothing: the text is no size, or one above 2⁶⁴ - 1.
std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;

}  // namespace nbcrawl

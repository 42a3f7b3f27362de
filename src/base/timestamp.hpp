#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace nbcrawl {

enum class TimeUnit : std::uint8_t { millisecond, microsecond };

/// A moment in UTC as RFC 3339 writes it, down to that unit: "2026-01-31T08:05:09.042Z". Years 0 to 9999.
std::string timestamp(std::chrono::system_clock::time_point moment, TimeUnit down_to = TimeUnit::millisecond);

}  // namespace nbcrawl

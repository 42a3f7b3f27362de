#pragma once

#include <chrono>
#include <string>

namespace nbcrawl {

/// A moment in UTC as RFC 3339 writes it, with milliseconds: "2026-01-31T08:05:09.042Z". Years 0 to 9999.
std::string timestamp(std::chrono::system_clock::time_point moment);

}  // namespace nbcrawl

#pragma once

#include <chrono>

namespace nbcrawl {

/// Deadlines and durations are measured on the monotonic clock: a jump of the wall clock moves none of them.
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

using std::chrono::microseconds;
using std::chrono::milliseconds;

}  // namespace nbcrawl

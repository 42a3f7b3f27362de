#pragma once

#include <chrono>

namespace nbcrawl {

/// Deadlines and durations are measured on the monotonic clock: a jump of the wall clock moves none of them.
struct Clock {
  using duration = std::chrono::steady_clock::duration;
  using time_point = std::chrono::steady_clock::time_point;

  // They have a source file of their own: a program that makes its own time, as the fuzzer of a run does, links its
  // own.
  static time_point now() noexcept;
  static void sleep_for(duration time);
};
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

using std::chrono::microseconds;
using std::chrono::milliseconds;

}  // namespace nbcrawl

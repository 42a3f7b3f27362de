#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "io/event_loop.hpp"

namespace nbcrawl {

class Transfer;

/// How fast a response may come, and how fast it must.
struct PaceLimits {
  std::uint64_t most = 0;   ///< bytes a second; 0: no limit
  std::uint64_t least = 0;  ///< bytes a second over `least_time`; 0: none
  std::chrono::milliseconds least_time{30'000};

  [[nodiscard]] bool is_set() const noexcept { return most > 0 || least > 0; }
};

/// Holds one response to its limits, by the bytes of its body as they are received. Owned by its transfer, and there
/// only where a limit is set.
class Pace {
 public:
  Pace(Transfer& transfer, EventLoop& loop, const PaceLimits& limits);

  /// The request goes out: from now on the response can be too slow.
  void expect();
  /// The head is there: from now on the body can be too fast.
  void begin();
  /// Bytes that may be read now. 0: none before the transfer's connection is told to resume, which will happen.
  std::size_t allowance();

 private:
  void begin_window();
  void end_window();

  Transfer& transfer_;
  EventLoop& loop_;
  PaceLimits limits_;
  bool begun_ = false;
  TimePoint begin_;
  TimePoint window_begin_;
  Duration window_paused_{};           // the transfer's paused time then
  std::uint64_t window_received_ = 0;  // bytes received by then
  Timer window_;
  Timer rest_;
};

}  // namespace nbcrawl

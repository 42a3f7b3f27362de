#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "fetch/pause.hpp"
#include "io/event_loop.hpp"

namespace nbcrawl {

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
  /// Bytes are let through in portions of so much time: often enough to be even, seldom enough to cost nothing. Whoever
  /// may read none now asks again after that.
  static constexpr std::chrono::milliseconds portion_time{50};

  /// With how many bytes came in `least_time`. Called from the loop.
  using OnTooSlow = std::move_only_function<void(std::uint64_t received_bytes)>;

  /// `received_bytes` counts those of the body. It and the others must outlive the pace.
  Pace(EventLoop& loop, const Pause& pause, const PaceLimits& limits, const std::uint64_t& received_bytes,
       OnTooSlow on_too_slow);

  /// The request goes out: from now on the response can be too slow.
  void expect();
  /// The head is there: from now on the body can be too fast.
  void begin();
  /// The response is done, or is to be asked for anew: its limits tell nothing more, though they may be due in this
  /// very pass.
  void end() noexcept { window_.disarm(); }
  /// Bytes that may be read now.
  [[nodiscard]] std::size_t allowance() const noexcept;

 private:
  void begin_window();
  void end_window();

  EventLoop& loop_;
  const Pause& pause_;
  PaceLimits limits_;
  const std::uint64_t& received_bytes_;
  OnTooSlow on_too_slow_;
  bool begun_ = false;
  TimePoint begin_;
  TimePoint window_begin_;
  Duration window_paused_{};           // the pause's total then
  std::uint64_t window_received_ = 0;  // bytes received by then
  Timer window_;
};

}  // namespace nbcrawl

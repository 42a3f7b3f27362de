#pragma once

#include <algorithm>
#include <cstddef>

#include "base/clock.hpp"

namespace nbcrawl {

/// Whether a loop that has nothing to do lets reports gather before it waits for the next one. Where answers come in
/// quick succession, a thread is woken for each of them; one that looks again a moment later finds several, for less
/// processor time (docs/performance.md). The sleep is short beside what an answer takes: a server that
/// waits for the next request of its few connections would do nothing meanwhile. No I/O, no clock.
class Gathering {
 public:
  /// An answer has begun so long after its request was sent.
  void note_answer(Duration took) noexcept {
    const Duration known = std::min<Duration>(took, part * longest);  // more would change nothing
    // The quick ones count for more: they may be those of one server among many slow ones.
    answer_time_ += (known - answer_time_) / (known < answer_time_ ? 8 : 64);
  }

  /// A wait has brought so many reports, so long after the one before.
  void note(std::size_t reports, Duration elapsed) noexcept {
    since_report_ += elapsed;
    if (reports == 0) return;
    pace_ += (since_report_ / static_cast<Duration::rep>(reports) - pace_) / 8;
    since_report_ = Duration::zero();
  }

  /// How long to let them gather; zero: it is not worth while.
  [[nodiscard]] Duration time() const noexcept {
    const Duration time = std::min<Duration>(longest, answer_time_ / part);
    return time >= std::max<Duration>(shortest, 2 * pace_) ? time : Duration::zero();
  }

 private:
  static constexpr microseconds longest{250};
  static constexpr microseconds shortest{40};  // below, the sleep costs what it spares
  static constexpr Duration::rep part = 8;     // of the time of an answer

  Duration answer_time_{};  // smoothed
  Duration since_report_{};
  Duration pace_ = std::chrono::seconds(1);  // time between two reports, smoothed
};

}  // namespace nbcrawl

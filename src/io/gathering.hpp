#pragma once

#include <algorithm>
#include <cstddef>

#include "base/clock.hpp"

namespace nbcrawl {

/// Whether a loop that has nothing to do lets reports gather before it waits for the next one. Where answers come in
/// quick succession, a thread that is woken for each spends as much on falling asleep and waking up as on the answer;
/// one that looks again a moment later finds several. No I/O, no clock.
class Gathering {
 public:
  /// So many reports will come without anything more being done: the transfers under way.
  void expect(std::size_t reports) noexcept { expected_ = reports; }

  /// A wait has brought so many reports, so long after the one before.
  void note(std::size_t reports, Duration elapsed) noexcept {
    since_report_ += elapsed;
    if (reports == 0) return;
    pace_ += (since_report_ / static_cast<Duration::rep>(reports) - pace_) / 8;
    since_report_ = Duration::zero();
  }

  /// How long to let them gather; zero: it is not worth while. What comes meanwhile is but a part of what is under way,
  /// so that no server runs out of requests.
  [[nodiscard]] Duration time() const noexcept {
    const Duration time = std::min<Duration>(longest, pace_ * static_cast<Duration::rep>(expected_ / 4));
    return time >= std::max<Duration>(shortest, 2 * pace_) ? time : Duration::zero();
  }

 private:
  static constexpr microseconds longest{250};
  static constexpr microseconds shortest{40};  // below, the sleep costs what it spares

  std::size_t expected_ = 0;
  Duration since_report_{};
  Duration pace_ = std::chrono::seconds(1);  // time between two reports, smoothed
};

}  // namespace nbcrawl

#pragma once

#include <algorithm>

#include "base/clock.hpp"

namespace nbcrawl {

/// The least of as many times that `work` takes as are needed for one below `bound`, ten at most: what else the machine
/// does is not ours.
template <typename Work>
Duration least_time(Duration bound, const Work& work) {
  Duration least = Duration::max();
  for (int round = 0; round < 10 && least >= bound; ++round) {
    const TimePoint begin = Clock::now();
    work();
    least = std::min(least, Duration(Clock::now() - begin));
  }
  return least;
}

}  // namespace nbcrawl

#pragma once

#include <algorithm>
#include <limits>
#include <optional>

#include "base/clock.hpp"

namespace nbcrawl {

/// A timeout as poll(2) and epoll_wait(2) take it: whole milliseconds, rounded up so that a timer is never found not
/// due yet and waited for again; -1: no limit.
inline int wait_timeout_ms(std::optional<Duration> timeout) noexcept {
  if (!timeout) return -1;
  const auto ms = std::chrono::ceil<milliseconds>(std::max(*timeout, Duration::zero())).count();
  return static_cast<int>(std::min<long long>(ms, std::numeric_limits<int>::max()));
}

}  // namespace nbcrawl

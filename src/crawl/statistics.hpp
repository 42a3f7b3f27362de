#pragma once

#include <cstdint>

#include "base/clock.hpp"

namespace nbcrawl {

/// How far a run is.
struct Statistics {
  TimePoint started_at;
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t body_bytes = 0;
  std::uint64_t connections = 0;
  std::size_t active = 0;
  std::size_t waiting = 0;

  [[nodiscard]] std::uint64_t done() const noexcept { return succeeded + failed; }
};

}  // namespace nbcrawl

#include "base/clock.hpp"

namespace nbcrawl {

Clock::time_point Clock::now() noexcept { return std::chrono::steady_clock::now(); }

}  // namespace nbcrawl

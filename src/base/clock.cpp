#include "base/clock.hpp"

#include <thread>

namespace nbcrawl {

Clock::time_point Clock::now() noexcept { return std::chrono::steady_clock::now(); }

void Clock::sleep_for(Clock::duration time) { std::this_thread::sleep_for(time); }

}  // namespace nbcrawl

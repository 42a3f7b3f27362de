#include "fetch/pause.hpp"

#include <utility>

namespace nbcrawl {

Pause::Pause(EventLoop& loop) : loop_(loop), end_(loop.timers(), [this] { tell_waiters(); }) {}

void Pause::begin() {
  if (!is_on()) since_ = Clock::now();
}

void Pause::end() {
  if (!is_on()) return;
  total_before_ += Clock::now() - *std::exchange(since_, std::nullopt);
  end_.arm(loop_.now());
}

void Pause::tell_waiters() {
  // What one of them reads may begin the next pause: the others wait for the end of that, or end themselves.
  while (!is_on() && !waiters_.empty()) {
    Waiter& first = *waiters_.front();
    waiters_.pop_front();
    first.on_resume();
  }
}

}  // namespace nbcrawl

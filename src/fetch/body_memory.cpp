#include "fetch/body_memory.hpp"

#include <algorithm>
#include <utility>

namespace nbcrawl {

namespace {

/// However many they are, a usual page comes through.
constexpr std::size_t least_share = 64 * 1024;

}  // namespace

BodyMemory::BodyMemory(EventLoop& loop, const Pause& pause, std::size_t limit, std::size_t bodies)
    : loop_(loop),
      limit_(limit),
      share_(std::max(limit / std::max<std::size_t>(bodies, 1), std::min(limit, least_share))),
      full_time_(loop, pause),
      tell_(loop.timers(), [this] { tell_waiters(); }) {}

void BodyMemory::resize(Part& part, std::size_t bytes) {
  held_ += bytes - std::exchange(part.bytes_, bytes);
  full_time_.set_busy(is_full());
  tell_soon();
}

void BodyMemory::leave(Part& part) {
  if (std::exchange(part.waits_, false)) std::erase(waiting_, &part);
  if (first_ != &part) return;
  first_ = nullptr;
  tell_soon();
}

std::size_t BodyMemory::room_of(Part& part) {
  if (first_ == nullptr && waiting_.empty() && part.bytes_ >= share_) first_ = &part;
  if (first_ == &part) return std::numeric_limits<std::size_t>::max();
  if (part.bytes_ < share_) return share_ - part.bytes_;
  if (!std::exchange(part.waits_, true)) waiting_.push_back(&part);
  return 0;
}

void BodyMemory::tell_waiters() {
  // What one of them reads may leave no room for the next.
  while (!waiting_.empty() && (first_ == nullptr || !is_full())) {
    Part& part = *waiting_.front();
    waiting_.pop_front();
    part.waits_ = false;
    if (is_full()) first_ = &part;
    part.waiter_.on_room();
  }
}

}  // namespace nbcrawl

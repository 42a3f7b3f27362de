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
      pause_(pause),
      limit_(limit > 0 ? limit : std::numeric_limits<std::size_t>::max()),
      share_(std::max(limit_ / std::max<std::size_t>(bodies, 1), std::min(limit_, least_share))),
      full_time_(loop, pause),
      tell_(loop.timers(), [this] { tell_waiters(); }),
      turn_(loop.timers(), [this] { end_turn(); }) {}

void BodyMemory::resize(Part& part, std::size_t bytes) {
  held_ += bytes - std::exchange(part.bytes_, bytes);
  full_time_.set_busy(is_full());
  tell_soon();
}

void BodyMemory::leave(Part& part) {
  if (std::exchange(part.waits_, false)) std::erase(waiting_, &part);
  part.was_slow_ = false;
  if (first_ != &part) return;
  first_ = nullptr;
  turn_.disarm();
  tell_soon();
}

std::size_t BodyMemory::room_of(Part& part) {
  if (first_ == nullptr && waiting_.empty() && part.bytes_ >= share_) set_first(part);
  if (first_ == &part) return std::numeric_limits<std::size_t>::max();
  if (part.bytes_ < share_) return share_ - part.bytes_;
  if (!std::exchange(part.waits_, true)) waiting_.push_back(&part);
  if (first_ != nullptr && !turn_.armed()) set_first(*first_);
  return 0;
}

void BodyMemory::set_first(Part& part) {
  first_ = &part;
  first_had_ = part.bytes_;
  first_paused_ = pause_.total();
  turn_.arm(loop_.now() + Part::turn);
}

void BodyMemory::end_turn() {
  if (waiting_.empty() || !is_full()) return;  // the next that waits begins another
  const bool could_not_grow = pause_.total() > first_paused_;
  if (could_not_grow || first_->bytes_ - first_had_ >= Part::least_growth) return set_first(*first_);
  std::exchange(first_, nullptr)->was_slow_ = true;
  tell_waiters();
}

void BodyMemory::tell_waiters() {
  // What one of them reads may leave no room for the next.
  while (!waiting_.empty() && (first_ == nullptr || !is_full())) {
    Part& part = *waiting_.front();
    waiting_.pop_front();
    part.waits_ = false;
    if (is_full()) set_first(part);
    part.waiter_.on_room();
  }
}

}  // namespace nbcrawl

#include "io/timers.hpp"

#include <algorithm>
#include <utility>

namespace nbcrawl {

Timer::Timer(Timers& timers, std::move_only_function<void()> on_due) : timers_(timers), on_due_(std::move(on_due)) {}

Timer::~Timer() {
  if (position_ != absent) timers_.erase(position_);
}

void Timer::arm(TimePoint due) {
  due_ = due;
  if (position_ != absent) {
    if (timers_.heap_[position_].key <= due) return;
    timers_.erase(position_);
  }
  timers_.insert(*this, std::max(due, timers_.earliest_));
}

std::optional<TimePoint> Timers::next() const noexcept {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().key;
}

void Timers::run_due(TimePoint now) {
  // What a callback arms for this very moment, or for the past, must not hold the loop or go before the others.
  earliest_ = now + Duration(1);
  while (!heap_.empty() && heap_.front().key <= now) {
    const auto [key, timer] = heap_.front();
    erase(0);
    if (timer->due_ == Timer::never) continue;
    if (timer->due_ > key) {
      insert(*timer, timer->due_);
      continue;
    }
    timer->due_ = Timer::never;
    timer->on_due_();
  }
  earliest_ = TimePoint::min();
}

void Timers::insert(Timer& timer, TimePoint key) {
  heap_.push_back({.key = key, .timer = &timer});
  timer.position_ = heap_.size() - 1;
  sift_up(timer.position_);
}

void Timers::erase(std::size_t position) {
  heap_[position].timer->position_ = Timer::absent;
  const Entry last = heap_.back();
  heap_.pop_back();
  if (position == heap_.size()) return;
  place(position, last);
  sift_up(position);
  sift_down(last.timer->position_);
}

void Timers::place(std::size_t position, Entry entry) noexcept {
  heap_[position] = entry;
  entry.timer->position_ = position;
}

void Timers::sift_up(std::size_t position) noexcept {
  const Entry entry = heap_[position];
  while (position > 0) {
    const std::size_t parent = (position - 1) / 2;
    if (heap_[parent].key <= entry.key) break;
    place(position, heap_[parent]);
    position = parent;
  }
  place(position, entry);
}

void Timers::sift_down(std::size_t position) noexcept {
  const Entry entry = heap_[position];
  for (;;) {
    std::size_t child = 2 * position + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1].key < heap_[child].key) ++child;
    if (entry.key <= heap_[child].key) break;
    place(position, heap_[child]);
    position = child;
  }
  place(position, entry);
}

}  // namespace nbcrawl

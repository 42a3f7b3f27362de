#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "base/clock.hpp"

namespace nbcrawl {

class Timers;

/// One deadline that can be armed again and again. Owned by whoever waits for it; disarms itself when destroyed.
/// Pinned in memory: the queue holds its address. The Timers it belongs to must outlive it.
class Timer {
 public:
  Timer(Timers& timers, std::move_only_function<void()> on_due);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Sets or moves the deadline. Moving it to a later moment costs nothing: the queue's entry stays where it is and
  /// is put back when it comes up, so a timer that is armed for each request never touches the queue.
  void arm(TimePoint due);
  void disarm() noexcept { due_ = never; }
  [[nodiscard]] bool armed() const noexcept { return due_ != never; }
  [[nodiscard]] TimePoint due() const noexcept { return due_; }

 private:
  friend class Timers;
  static constexpr TimePoint never = TimePoint::max();
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);

  Timers& timers_;
  std::move_only_function<void()> on_due_;
  TimePoint due_ = never;
  std::size_t position_ = absent;  // in the heap
};

/// The armed timers of one loop: a binary heap, O(log n) where an entry moves.
class Timers {
 public:
  /// When the next entry comes up; nullopt: none. May be earlier than any timer is due (see Timer::arm).
  [[nodiscard]] std::optional<TimePoint> next() const noexcept;
  /// Calls every timer due at `now` in the order of their deadlines, each at most once: one that is armed again by a
  /// callback, however early, waits for a call with a later `now`.
  void run_due(TimePoint now);

 private:
  friend class Timer;
  struct Entry {
    TimePoint key;
    Timer* timer;
  };

  void insert(Timer& timer, TimePoint key);
  void erase(std::size_t position);
  void place(std::size_t position, Entry entry) noexcept;
  void sift_up(std::size_t position) noexcept;
  void sift_down(std::size_t position) noexcept;

  std::vector<Entry> heap_;
  TimePoint earliest_ = TimePoint::min();  // key below which nothing is inserted: within run_due(), after its `now`
};

}  // namespace nbcrawl

#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <limits>

#include "fetch/busy_time.hpp"
#include "fetch/pause.hpp"
#include "io/event_loop.hpp"

namespace nbcrawl {

/// The memory of all bodies that arrive, against a limit for them together. Once it is reached, bodies up to a fair
/// share still grow, so that small pages are not held up; of the larger ones only the first, which so comes to its end
/// and makes room, and the others wait in the order in which they came. A first that hardly grows gives way to the
/// next. Owned by the fetcher.
class BodyMemory {
 public:
  /// What one body holds. Cleared before it ends.
  class Part {
   public:
    /// What a first must grow by in `turn`, unless there was a pause, to remain it while others wait.
    static constexpr std::size_t least_growth = 64 * 1024;
    static constexpr std::chrono::milliseconds turn{1'000};

    /// Whoever is told that a part which had to wait may grow.
    class Waiter {
     public:
      virtual ~Waiter() = default;
      /// Called from the loop.
      virtual void on_room() = 0;
    };

    Part(BodyMemory& memory, Waiter& waiter) noexcept : memory_(memory), waiter_(waiter) {}
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;

    /// It holds so much now.
    void set(std::size_t bytes) {
      if (bytes != bytes_) memory_.resize(*this, bytes);
    }
    /// It holds nothing, and waits for nothing.
    void clear() {
      set(0);
      memory_.leave(*this);
    }
    /// Whether it has been the first and gave way: it waits for its server's sake since.
    [[nodiscard]] bool was_slow() const noexcept { return was_slow_; }
    /// By how much it may grow now; 0: not at all, until its waiter is told.
    [[nodiscard]] std::size_t room() {
      return memory_.is_full() ? memory_.room_of(*this) : std::numeric_limits<std::size_t>::max();
    }

   private:
    friend class BodyMemory;

    BodyMemory& memory_;
    Waiter& waiter_;
    std::size_t bytes_ = 0;
    bool waits_ = false;
    bool was_slow_ = false;
  };

  /// `limit` in bytes; 0: none. `bodies`: as many may arrive at once.
  BodyMemory(EventLoop& loop, const Pause& pause, std::size_t limit, std::size_t bodies);

  [[nodiscard]] bool is_full() const noexcept { return held_ >= limit_; }
  /// In which time bodies that wait do so for our sake, not for their servers'.
  [[nodiscard]] const BusyTime& full_time() const noexcept { return full_time_; }

 private:
  void resize(Part& part, std::size_t bytes);
  void leave(Part& part);
  [[nodiscard]] std::size_t room_of(Part& part);
  /// Its turn begins, in which it may grow above its share though there is no room.
  void set_first(Part& part);
  void end_turn();
  /// Has those that wait told, as far as there is room.
  void tell_waiters();
  void tell_soon() {
    if (!waiting_.empty() && (first_ == nullptr || !is_full())) tell_.arm(loop_.now());
  }

  EventLoop& loop_;
  const Pause& pause_;
  std::size_t limit_;
  std::size_t share_;
  std::size_t held_ = 0;
  BusyTime full_time_;
  Part* first_ = nullptr;
  std::size_t first_had_ = 0;  // when its turn began
  Duration first_paused_{};    // the pause's total then
  std::deque<Part*> waiting_;
  Timer tell_;
  Timer turn_;
};

}  // namespace nbcrawl

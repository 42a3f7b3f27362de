#pragma once

#include <deque>
#include <optional>

#include "io/event_loop.hpp"

namespace nbcrawl {

/// Times in which nothing is read, because the results have nowhere to go. Clocks that this is not the server's fault
/// for look at total(). Owned by the fetcher.
class Pause {
 public:
  /// Who has found it on, and waits for its end.
  class Waiter {
   public:
    virtual ~Waiter() = default;
    virtual void on_resume() = 0;
  };

  explicit Pause(EventLoop& loop);

  void begin();
  /// Waiters are told from the loop: whoever ends the pause may be in the middle of what one of them has read.
  void end();
  [[nodiscard]] bool is_on() const noexcept { return since_.has_value(); }
  /// How long it has been on, all times together.
  [[nodiscard]] Duration total() const noexcept {
    return total_before_ + (is_on() ? Clock::now() - *since_ : Duration::zero());
  }

  /// Tells the waiter once, when it is over. Only while it is on.
  void wait(Waiter& waiter) { waiters_.push_back(&waiter); }
  /// Does not tell the waiter, if it waits.
  void forget(Waiter& waiter) { std::erase(waiters_, &waiter); }

 private:
  void tell_waiters();

  EventLoop& loop_;
  std::optional<TimePoint> since_;
  Duration total_before_{};
  std::deque<Waiter*> waiters_;
  Timer end_;
};

}  // namespace nbcrawl

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "io/gathering.hpp"
#include "io/multiplexer.hpp"
#include "io/pollable.hpp"
#include "io/timers.hpp"

namespace nbcrawl {

class EventLoop;

/// One watched Pollable. Move-only; unwatches when destroyed, which must be before the descriptor is closed.
class Registration {
 public:
  Registration() = default;
  Registration(Registration&& other) noexcept;
  Registration& operator=(Registration&& other) noexcept;
  ~Registration() { reset(); }

  void reset() noexcept;
  /// Does nothing where the interest is what it was.
  Result<> set_interest(Interest interest);
  explicit operator bool() const noexcept { return loop_ != nullptr; }

 private:
  friend class EventLoop;
  Registration(EventLoop& loop, Token token) noexcept : loop_(&loop), token_(token) {}

  EventLoop* loop_ = nullptr;
  Token token_;
};

/// The loop: waits for readiness and timers, dispatches, and destroys what retired during the pass. One thread.
class EventLoop {
 public:
  /// nullopt: `auto`, which begins with select and moves the whole set to epoll when it outgrows
  /// `select_is_enough` descriptors or select's own limit. Errors: those of make_multiplexer().
  static Result<std::unique_ptr<EventLoop>> create(std::optional<MultiplexerKind> kind);

  /// Up to this many descriptors `auto` stays with select. Measured 2026-11-23 (docs/multiplexing.md): at 8 select
  /// takes 2.0 µs more than epoll to be woken from sleep by one of them and 1.3 µs less when all are ready, and it
  /// saves the 1.5 µs of system calls that epoll needs for each connection. Beyond, a loop that sleeps pays 0.26 µs
  /// more for each.
  static constexpr std::size_t select_is_enough = 8;

  /// Stays with this multiplexer.
  explicit EventLoop(std::unique_ptr<Multiplexer> multiplexer) : EventLoop(std::move(multiplexer), false) {}
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Starts to watch. A file that knows no readiness (a regular file, /dev/null) is ready in every pass, whatever the
  /// multiplexer thinks of it. Errors: those of Multiplexer::add(), but for epoll's EPERM.
  Result<Registration> watch(Pollable& pollable, Interest interest);

  /// Waits once and dispatches everything that is ready. With `no_wait` it only looks. Errors: those of
  /// Multiplexer::wait(); then nothing is dispatched, yet timers that are due and posted tasks have run.
  Result<> run_once(bool no_wait = false);

  /// Tells how long the peer took for an answer. Where answers come quickly one after the other, run_once() lets some
  /// gather: for a small part of that time, 0.25 ms at most.
  void note_answer(Duration took) noexcept { gathering_.note_answer(took); }

  /// Runs `task` at the end of this pass, when no handler is on the stack.
  void post(std::move_only_function<void()> task) { posted_.push_back(std::move(task)); }

  /// Whoever turns the loop has work that no descriptor and no timer stands for: run_once() returns the next time
  /// without having waited.
  void pass_again() {
    post([] {});
  }

  /// Destroys `object` at the end of this pass.
  template <class T>
  void retire(std::unique_ptr<T> object) {
    retired_.emplace_back(object.release(), [](void* retired) { delete static_cast<T*>(retired); });
  }

  [[nodiscard]] Timers& timers() noexcept { return timers_; }
  /// The time of this pass: taken once after each wait.
  [[nodiscard]] TimePoint now() const noexcept { return now_; }
  [[nodiscard]] MultiplexerKind multiplexer() const noexcept { return multiplexer_->kind(); }
  [[nodiscard]] std::size_t watched() const noexcept { return watched_; }

 private:
  friend class Registration;
  struct Slot {
    Pollable* pollable = nullptr;
    int fd = -1;
    std::uint32_t generation = 0;
    Interest interest;
  };

  EventLoop(std::unique_ptr<Multiplexer> multiplexer, bool automatic);
  Result<> set_interest(Token token, Interest interest);
  void unwatch(Token token) noexcept;
  Result<> move_to_epoll();
  Result<> wait(std::optional<Duration> timeout);
  void report_always_ready();
  void dispatch();
  void run_posted();
  void destroy_retired();

  // Declared first, destroyed last: what the members below hold may still unwatch and disarm.
  std::unique_ptr<Multiplexer> multiplexer_;
  Timers timers_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::size_t watched_ = 0;
  bool automatic_;
  TimePoint now_ = Clock::now();
  Gathering gathering_;
  std::vector<Ready> ready_;
  std::vector<std::uint32_t> always_ready_;  // slots the multiplexer refused with EPERM: few, and mostly none
  std::vector<std::move_only_function<void()>> posted_;
  std::vector<std::unique_ptr<void, void (*)(void*)>> retired_;
};

}  // namespace nbcrawl

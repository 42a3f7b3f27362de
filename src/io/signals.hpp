#pragma once

#include <csignal>
#include <functional>
#include <memory>
#include <span>

#include "base/unique_fd.hpp"
#include "io/event_loop.hpp"

namespace nbcrawl {

/// Signals as readiness (signalfd): while it lives, the given signals are blocked and come through the loop, one call
/// each, outside any handler. The same one again within `one_signal` is no other: timeout(1) signals the process and at
/// once the group that it is in. The destructor restores the mask. Block before other threads start.
class Signals final : public Pollable {
 public:
  static Result<std::unique_ptr<Signals>> watch(EventLoop& loop, std::span<const int> signals,
                                                std::move_only_function<void(int)> on_signal);
  static constexpr milliseconds one_signal{200};
  ~Signals() override;
  [[nodiscard]] int fileno() const noexcept override { return fd_.get(); }
  void on_ready(bool readable, bool writable) override;

 private:
  Signals(EventLoop& loop, UniqueFd fd, const sigset_t& before, std::move_only_function<void(int)> on_signal);
  void heed(int signal);

  EventLoop& loop_;
  UniqueFd fd_;
  sigset_t before_;
  std::move_only_function<void(int)> on_signal_;
  int last_ = 0;  // that was told of
  TimePoint last_at_{};
  Registration registration_;
};

}  // namespace nbcrawl

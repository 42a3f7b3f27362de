#pragma once

#include <functional>
#include <memory>

#include "base/unique_fd.hpp"
#include "io/event_loop.hpp"

namespace nbcrawl {

/// The way into a loop from another thread: an eventfd among its descriptors.
class StopSignal final : public Pollable {
 public:
  /// `on_stop` is called on the loop's thread. Errors: system_failed, out_of_descriptors.
  static Result<std::unique_ptr<StopSignal>> watch(EventLoop& loop, std::move_only_function<void()> on_stop);

  /// From any thread, and from signal handlers.
  void give() const noexcept;

  [[nodiscard]] int fileno() const noexcept override { return fd_.get(); }
  void on_ready(bool readable, bool writable) override;

 private:
  StopSignal(UniqueFd fd, std::move_only_function<void()> on_stop) : fd_(std::move(fd)), on_stop_(std::move(on_stop)) {}

  UniqueFd fd_;
  Registration registration_;
  std::move_only_function<void()> on_stop_;
};

}  // namespace nbcrawl

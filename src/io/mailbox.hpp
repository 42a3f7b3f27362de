#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/unique_fd.hpp"
#include "io/event_loop.hpp"

namespace nbcrawl {

/// How other threads reach a loop: tasks that are posted here run on the loop's thread, in the order they were posted.
/// Nothing else of a loop may be touched from outside. It has no bound: who posts knows how much is under way.
class Mailbox final : private Pollable {
 public:
  using Task = std::move_only_function<void()>;

  /// The loop is borrowed. Errors: system_failed, out_of_descriptors, those of EventLoop::watch().
  static Result<std::unique_ptr<Mailbox>> create(EventLoop& loop);

  /// From any thread. Tasks that the loop has not run when the mailbox goes are dropped.
  void post(Task task);

 private:
  explicit Mailbox(UniqueFd wake_up) : wake_up_(std::move(wake_up)) {}
  [[nodiscard]] int fileno() const noexcept override { return wake_up_.get(); }
  void on_ready(bool readable, bool writable) override;

  UniqueFd wake_up_;  // an eventfd, which is readable as long as tasks wait
  Registration registration_;
  std::mutex mutex_;
  std::vector<Task> tasks_;    // held by mutex_
  std::vector<Task> running_;  // of the loop's thread; kept for its memory
};

}  // namespace nbcrawl

#include "io/mailbox.hpp"

#include <sys/eventfd.h>

#include <utility>

#include "io/event_fd.hpp"

namespace nbcrawl {

Result<std::unique_ptr<Mailbox>> Mailbox::create(EventLoop& loop) {
  auto wake_up = open_event_fd();
  if (!wake_up) return std::unexpected(std::move(wake_up.error()));
  std::unique_ptr<Mailbox> self(new Mailbox(std::move(*wake_up)));
  auto registration = loop.watch(*self, {.readable = true});
  if (!registration) return std::unexpected(std::move(registration.error()));
  self->registration_ = std::move(*registration);
  return self;
}

void Mailbox::post(Task task) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = tasks_.empty();
    tasks_.push_back(std::move(task));
  }
  if (was_empty) ::eventfd_write(wake_up_.get(), 1);  // the others are taken with the first: one call for all of them
}

void Mailbox::on_ready(bool /*readable*/, bool /*writable*/) {
  // Before the tasks are taken: what is posted from here on wakes the loop again.
  eventfd_t posted = 0;
  ::eventfd_read(wake_up_.get(), &posted);
  {
    const std::lock_guard lock(mutex_);
    running_.swap(tasks_);
  }
  for (Task& task : running_) task();
  running_.clear();
}

}  // namespace nbcrawl

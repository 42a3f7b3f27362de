#include "serve/stop_signal.hpp"

#include <unistd.h>

#include <cstdint>
#include <utility>

#include "io/event_fd.hpp"

namespace nbcrawl {

Result<std::unique_ptr<StopSignal>> StopSignal::watch(EventLoop& loop, std::move_only_function<void()> on_stop) {
  auto fd = open_event_fd();
  if (!fd) return std::unexpected(std::move(fd.error()));
  std::unique_ptr<StopSignal> self(new StopSignal(std::move(*fd), std::move(on_stop)));
  auto registration = loop.watch(*self, {.readable = true});
  if (!registration) return std::unexpected(std::move(registration.error()));
  self->registration_ = std::move(*registration);
  return self;
}

void StopSignal::give() const noexcept {
  const std::uint64_t one = 1;
  // It fails only where so many stops wait already that one more makes no difference.
  [[maybe_unused]] const ssize_t written = ::write(fd_.get(), &one, sizeof one);
}

void StopSignal::on_ready(bool /*readable*/, bool /*writable*/) {
  std::uint64_t count = 0;
  if (::read(fd_.get(), &count, sizeof count) == sizeof count) on_stop_();
}

}  // namespace nbcrawl

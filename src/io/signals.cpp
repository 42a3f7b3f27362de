#include "io/signals.hpp"

#include <sys/signalfd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace nbcrawl {

Result<std::unique_ptr<Signals>> Signals::watch(EventLoop& loop, std::span<const int> signals,
                                                std::move_only_function<void(int)> on_signal) {
  sigset_t set;
  sigset_t before;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, &before);
  std::unique_ptr<Signals> self(
      new Signals(loop, UniqueFd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC)), before, std::move(on_signal)));
  if (!self->fd_) {
    return std::unexpected(Error{.kind = ErrorKind::system_failed,
                                 .phase = Phase::job,
                                 .sys_errno = errno,
                                 .detail = std::string("signalfd: ") + std::strerror(errno)});
  }
  auto registration = loop.watch(*self, {.readable = true});
  if (!registration) return std::unexpected(std::move(registration.error()));
  self->registration_ = std::move(*registration);
  return self;
}

Signals::Signals(EventLoop& loop, UniqueFd fd, const sigset_t& before, std::move_only_function<void(int)> on_signal)
    : loop_(loop), fd_(std::move(fd)), before_(before), on_signal_(std::move(on_signal)) {}

Signals::~Signals() {
  registration_.reset();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Signals::on_ready(bool /*readable*/, bool /*writable*/) {
  signalfd_siginfo info;
  while (::read(fd_.get(), &info, sizeof info) == sizeof info) heed(static_cast<int>(info.ssi_signo));
}

void Signals::heed(int signal) {
  const TimePoint now = loop_.now();
  if (signal == last_ && now - last_at_ < one_signal) return;
  last_ = signal;
  last_at_ = now;
  on_signal_(signal);
}

}  // namespace nbcrawl

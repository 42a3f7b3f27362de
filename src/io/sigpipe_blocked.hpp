#pragma once

#include <cerrno>
#include <csignal>
#include <ctime>

#include "io/pending_signal.hpp"

namespace nbcrawl {

/// While it lives this thread gets no SIGPIPE: sendfile(2), and write(2) to a pipe, raise it in the thread that calls
/// them where nobody reads any more, and can't be told not to as send(2) can. What the program does with the signal
/// stays as it is: another thread may have one of these at the same time.
class SigpipeBlocked {
 public:
  SigpipeBlocked() noexcept {
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    was_pending_ = is_signal_pending(SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  ~SigpipeBlocked() {
    constexpr timespec at_once{};
    while (!was_pending_ && is_signal_pending(SIGPIPE) && ::sigtimedwait(&sigpipe_, nullptr, &at_once) < 0 &&
           errno == EINTR) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SigpipeBlocked(const SigpipeBlocked&) = delete;
  SigpipeBlocked& operator=(const SigpipeBlocked&) = delete;

 private:
  sigset_t sigpipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

}  // namespace nbcrawl

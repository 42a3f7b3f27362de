#pragma once

#include <csignal>

namespace nbcrawl {

/// While it lives no signal reaches this thread, nor one that it starts: those are the program's own thread's. And no
/// handler runs, which in a child of vfork(2) would run in our memory.
class SignalsBlocked {
 public:
  SignalsBlocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace nbcrawl

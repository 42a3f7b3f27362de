#pragma once

#include <csignal>

namespace nbcrawl {

/// Whether a signal that this thread blocks was sent to it, or to the process, and nobody has taken it yet.
[[nodiscard]] inline bool is_signal_pending(int signal) noexcept {
  sigset_t pending;
  sigemptyset(&pending);
  return ::sigpending(&pending) == 0 && sigismember(&pending, signal) == 1;
}

}  // namespace nbcrawl

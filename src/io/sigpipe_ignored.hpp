#pragma once

#include <csignal>

namespace nbcrawl {

/// While it lives SIGPIPE is ignored by the whole process: sendfile(2), and write(2) to a pipe, raise it where nobody
/// reads any more, and can't be told not to as send(2) can.
class SigpipeIgnored {
 public:
  SigpipeIgnored() noexcept {
    struct sigaction ignore{};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &before_);
  }
  ~SigpipeIgnored() { ::sigaction(SIGPIPE, &before_, nullptr); }
  SigpipeIgnored(const SigpipeIgnored&) = delete;
  SigpipeIgnored& operator=(const SigpipeIgnored&) = delete;

 private:
  struct sigaction before_{};
};

}  // namespace nbcrawl

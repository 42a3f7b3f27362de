#pragma once

#include <sys/socket.h>

#include "base/unique_fd.hpp"

namespace nbcrawl {

/// Two connected, non-blocking sockets.
struct SocketPair {
  SocketPair() {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0) {
      ours = UniqueFd(ends[0]);
      theirs = UniqueFd(ends[1]);
    }
  }
  UniqueFd ours;
  UniqueFd theirs;
};

}  // namespace nbcrawl

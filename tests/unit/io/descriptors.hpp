#pragma once

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "base/unique_fd.hpp"
#include "catch2_shim.hpp"

// The descriptors the tests of this folder watch.
namespace nbcrawl {

struct Pair {
  UniqueFd ours;
  UniqueFd theirs;
};

inline Pair socket_pair() {
  int fds[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
  return {.ours = UniqueFd(fds[0]), .theirs = UniqueFd(fds[1])};
}

/// Not readable until signalled, always writable, and only one descriptor each.
class EventCounter {
 public:
  EventCounter() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { REQUIRE(fd_); }
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  void signal() const { REQUIRE(::eventfd_write(fd_.get(), 1) == 0); }
  void clear() const {
    std::uint64_t count = 0;
    REQUIRE(::eventfd_read(fd_.get(), &count) == 0);
  }

 private:
  UniqueFd fd_;
};

/// Whether descriptors below `count`, and some more, can be open: raises the soft limit to that. Where the hard limit
/// forbids it, says so; a test then has nothing to try.
inline bool can_open(int count) {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlim_t wanted = static_cast<rlim_t>(count) + 64;
  if (limit.rlim_cur >= wanted) return true;
  if (limit.rlim_max < wanted) {
    WARN("this test needs " << wanted << " descriptors, but the hard limit (ulimit -Hn) is " << limit.rlim_max
                            << ": not tried");
    return false;
  }
  limit.rlim_cur = wanted;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  return true;
}

/// A second descriptor of the same open file, numbered `least` or the next free one above it. can_open() before.
inline UniqueFd duplicate_from(int fd, int least) {
  UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, least));
  REQUIRE(copy);
  return copy;
}

/// A regular file that is gone from its folder already.
inline UniqueFd regular_file() {
  char path[] = "/tmp/nbcrawl-io-XXXXXX";
  UniqueFd file(::mkostemp(path, O_CLOEXEC));
  REQUIRE(file);
  ::unlink(path);
  return file;
}

}  // namespace nbcrawl

#pragma once

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/unique_fd.hpp"
#include "catch2_shim.hpp"

// What the tests of FdOutput and FdInput write into and read from.
namespace nbcrawl {

struct Ends {
  UniqueFd reading;
  UniqueFd writing;
};

/// Both ends would wait, as those a shell makes.
inline Ends make_pipe() {
  int fds[2];
  REQUIRE(::pipe2(fds, O_CLOEXEC) == 0);
  return {.reading = UniqueFd(fds[0]), .writing = UniqueFd(fds[1])};
}

struct Terminal {
  UniqueFd master;
  UniqueFd slave;
};

/// Without the translation of line ends, so that bytes can be compared. `canonical`: input comes line by line.
inline Terminal make_terminal(bool canonical = false) {
  int master = -1;
  int slave = -1;
  termios mode{};
  ::cfmakeraw(&mode);
  if (canonical) {
    mode.c_lflag |= ICANON;
    mode.c_cc[VEOF] = 4;
  }
  REQUIRE(::openpty(&master, &slave, nullptr, &mode, nullptr) == 0);
  return {.master = UniqueFd(master), .slave = UniqueFd(slave)};
}

/// What can be read without waiting, at most `most` bytes.
inline std::string read_available(int fd, std::size_t most = static_cast<std::size_t>(-1)) {
  std::string bytes;
  std::array<char, 64 * 1024> block;
  pollfd asked{.fd = fd, .events = POLLIN, .revents = 0};
  while (bytes.size() < most && ::poll(&asked, 1, 0) > 0) {
    const ssize_t count = ::read(fd, block.data(), std::min(block.size(), most - bytes.size()));
    if (count <= 0) break;
    bytes.append(block.data(), static_cast<std::size_t>(count));
  }
  return bytes;
}

/// False: nothing came for ten seconds.
inline bool wait_readable(int fd) {
  pollfd asked{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&asked, 1, 10'000) > 0;
}

inline void put(int fd, std::string_view bytes) {
  REQUIRE(::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
}

/// Bytes that tell where in the stream they stand, from `offset` on.
inline std::string pattern(std::size_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t at = offset + i;
    bytes[i] = static_cast<char>((at * 2654435761U) >> 13U);
  }
  return bytes;
}

}  // namespace nbcrawl

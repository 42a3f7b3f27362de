#include "base/read_whole.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/unique_fd.hpp"

namespace nbcrawl {

namespace {

/// How long a named pipe is waited for that nobody has opened to write.
constexpr int writer_patience_ms = 1000;

void wait_readable(int fd, int timeout_ms) noexcept {
  pollfd waited{.fd = fd, .events = POLLIN, .revents = 0};
  (void)::poll(&waited, 1, timeout_ms);
}

bool is_pipe(int fd) noexcept {
  struct stat status{};
  return ::fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

}  // namespace

Result<std::string> read_whole(const std::string& path, std::size_t max_bytes, ErrorKind kind) {
  const auto failed = [&](std::string_view cause, int sys_errno) {
    return std::unexpected(
        Error{.kind = kind,
              .phase = Phase::job,
              .sys_errno = sys_errno,
              .detail = "can't read " + (path == "-" ? "standard input" : path) + ": " + std::string(cause)});
  };
  UniqueFd opened;
  if (path != "-") {
    // O_NONBLOCK: a pipe without a writer would hold up open() itself, for ever.
    opened.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!opened) return failed(std::strerror(errno), errno);
  }
  const int fd = opened ? opened.get() : STDIN_FILENO;
  bool waited_for_writer = false;
  std::string bytes;
  std::array<char, 64 * 1024> buffer;
  for (;;) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got == 0 && bytes.empty() && opened && is_pipe(fd)) {
      if (std::exchange(waited_for_writer, true)) return failed("it is a pipe that nobody writes to", 0);
      wait_readable(fd, writer_patience_ms);
      continue;
    }
    if (got == 0) return bytes;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) {
      wait_readable(fd, -1);
      continue;
    }
    if (got < 0) return failed(std::strerror(errno), errno);
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
    if (bytes.size() > max_bytes) return failed("more than " + std::to_string(max_bytes) + " bytes", 0);
  }
}

}  // namespace nbcrawl

#include "io/nonblocking_fd.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <string>
#include <utility>

#include "io/wait_timeout.hpp"

namespace nbcrawl {

namespace {

/// A description of our own for the pipe or terminal behind `fd`. None where the system refuses, and for a
/// pseudo-terminal's master, of which each open makes another.
UniqueFd open_again(int fd) {
  int number = 0;
  if (::ioctl(fd, TIOCGPTN, &number) == 0) return {};
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  return UniqueFd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

}  // namespace

bool never_waits(int fd, mode_t mode) noexcept {
  return S_ISREG(mode) || S_ISBLK(mode) || (S_ISCHR(mode) && ::isatty(fd) == 0);  // the last: /dev/null and the like
}

std::expected<NonblockingFd, int> NonblockingFd::borrow(int fd) { return borrow(fd, true); }

std::expected<NonblockingFd, int> NonblockingFd::borrow_sparingly(int fd) { return borrow(fd, false); }

std::expected<NonblockingFd, int> NonblockingFd::borrow(int fd, bool opens_pipes_again) {
  const int flags = ::fcntl(fd, F_GETFL);
  struct stat status{};
  if (flags < 0 || ::fstat(fd, &status) != 0) return std::unexpected(errno);
  if ((flags & O_ACCMODE) == O_RDONLY) return std::unexpected(EBADF);
  if (S_ISSOCK(status.st_mode)) return NonblockingFd(fd, {}, Method::send);
  if (never_waits(fd, status.st_mode)) return NonblockingFd(fd, {}, Method::plain);
  // That a terminal is writable says that it takes something, and not how much.
  if (opens_pipes_again || !S_ISFIFO(status.st_mode)) {
    if (UniqueFd own = open_again(fd)) return NonblockingFd(std::move(own));
  }
  return NonblockingFd(fd, {}, Method::bounded);
}

ssize_t NonblockingFd::write(std::span<iovec> vectors) const noexcept {
  if (method_ == Method::plain) return ::writev(fd_, vectors.data(), static_cast<int>(vectors.size()));
  if (method_ == Method::send) {
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = vectors.size();
    return ::sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  pollfd asked{.fd = fd_, .events = POLLOUT, .revents = 0};
  if (::poll(&asked, 1, 0) == 0) {
    errno = EAGAIN;
    return -1;
  }
  // A pipe is writable when PIPE_BUF bytes fit (pipe(7)), so this much does not wait.
  return ::write(fd_, vectors.front().iov_base, std::min<std::size_t>(vectors.front().iov_len, PIPE_BUF));
}

bool NonblockingFd::wait(std::optional<TimePoint> until) const noexcept {
  std::optional<Duration> left;
  if (until) left = *until - Clock::now();
  pollfd asked{.fd = fd_, .events = POLLOUT, .revents = 0};
  return ::poll(&asked, 1, wait_timeout_ms(left)) != 0;
}

std::expected<void, int> NonblockingFd::close() noexcept {
  const int last = own_ ? own_.release() : ::fcntl(fd_, F_DUPFD_CLOEXEC, 0);  // any duplicate will do
  if (last >= 0 && ::close(last) != 0 && errno != EINTR) return std::unexpected(errno);
  return {};
}

}  // namespace nbcrawl

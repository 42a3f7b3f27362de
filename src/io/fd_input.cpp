#include "io/fd_input.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "io/nonblocking_fd.hpp"

namespace nbcrawl {

namespace {

Error failure(std::string_view name, std::string_view why, int cause) {
  return {.kind = ErrorKind::invalid_job,
          .phase = Phase::job,
          .sys_errno = cause,
          .detail = "can't read " + std::string(name) + ": " + std::string(why)};
}

}  // namespace

Result<std::unique_ptr<FdInput>> FdInput::borrow(EventLoop& loop, int fd, std::string name) {
  return adopt(loop, fd, UniqueFd(), std::move(name));
}

Result<std::unique_ptr<FdInput>> FdInput::open(EventLoop& loop, const std::string& path) {
  // O_NONBLOCK: to open a FIFO would else wait for somebody who writes it.
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file) return std::unexpected(failure(path, std::strerror(errno), errno));
  const int fd = file.get();
  return adopt(loop, fd, std::move(file), path);
}

Result<std::unique_ptr<FdInput>> FdInput::adopt(EventLoop& loop, int fd, UniqueFd own, std::string name) {
  const int flags = ::fcntl(fd, F_GETFL);
  struct stat status{};
  if (flags < 0 || ::fstat(fd, &status) != 0) return std::unexpected(failure(name, std::strerror(errno), errno));
  const mode_t mode = status.st_mode;
  const int refused = S_ISDIR(mode) ? EISDIR : (flags & O_ACCMODE) == O_WRONLY ? EBADF : 0;
  if (refused != 0) return std::unexpected(failure(name, std::strerror(refused), refused));
  return std::unique_ptr<FdInput>(new FdInput(loop, fd, std::move(own), never_waits(fd, mode), std::move(name)));
}

FdInput::FdInput(EventLoop& loop, int fd, UniqueFd own, bool never_waits, std::string name)
    : loop_(loop),
      own_(std::move(own)),
      fd_(fd),
      never_waits_(never_waits),
      name_(std::move(name)),
      buffer_(chunk_bytes) {}

Result<InputChunk> FdInput::read() {
  if (ended_) return InputChunk{};
  if (!never_waits_ && !readable_now()) return wait_until_readable();
  const ssize_t count = ::read(fd_, buffer_.data(), buffer_.size());
  if (count > 0) {
    return InputChunk{.status = InputStatus::bytes, .bytes = {buffer_.data(), static_cast<std::size_t>(count)}};
  }
  if (count < 0 && errno == EINTR) return read();
  if (count < 0 && errno == EAGAIN) return wait_until_readable();
  ended_ = true;
  if (count < 0) return std::unexpected(failure(name_, std::strerror(errno), errno));
  return InputChunk{};
}

bool FdInput::readable_now() const noexcept {
  // Asked with each call, so that a quick producer costs one pass of the loop for all it wrote and not one a chunk.
  // A FIFO that nobody has opened for writing yet is not readable, although read(2) would say that it has ended.
  pollfd asked{.fd = fd_, .events = POLLIN, .revents = 0};
  return ::poll(&asked, 1, 0) > 0;
}

Result<InputChunk> FdInput::wait_until_readable() {
  if (!registration_) {
    auto watched = loop_.watch(*this, {.readable = true});
    if (!watched) return std::unexpected(failure(name_, watched.error().detail, watched.error().sys_errno));
    registration_ = std::move(*watched);
  }
  return InputChunk{.status = InputStatus::would_block};
}

void FdInput::on_ready(bool /*readable*/, bool /*writable*/) { registration_.reset(); }

}  // namespace nbcrawl

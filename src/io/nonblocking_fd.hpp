#pragma once

#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "base/clock.hpp"
#include "base/unique_fd.hpp"

namespace nbcrawl {

/// Whether reads and writes of such a descriptor never wait: a file on disk, /dev/null and the like.
[[nodiscard]] bool never_waits(int fd, mode_t mode) noexcept;

/// A descriptor that can be written without waiting for a pipe, terminal or socket. O_NONBLOCK belongs to the open file
/// description (open(2)), which an inherited descriptor shares with the shell and others: it is never set there.
class NonblockingFd {
 public:
  /// Of a descriptor that stays open and belongs to the caller. Error: errno, where it is not open for writing.
  static std::expected<NonblockingFd, int> borrow(int fd);
  /// The same, but for a pipe at the cost of smaller writes in place of a descriptor more.
  static std::expected<NonblockingFd, int> borrow_sparingly(int fd);
  /// Of one that never waits, or was opened with O_NONBLOCK.
  explicit NonblockingFd(UniqueFd own) noexcept : own_(std::move(own)), fd_(own_.get()) {}

  /// As writev(2): EAGAIN in place of waiting. It may take less than would fit.
  [[nodiscard]] ssize_t write(std::span<iovec> vectors) const noexcept;
  /// Blocks until it takes more, or that moment is there. False: it takes nothing by then.
  [[nodiscard]] bool wait(std::optional<TimePoint> until) const noexcept;
  /// What writability is to be asked of.
  [[nodiscard]] int fileno() const noexcept { return fd_; }
  /// Ends its use. Error: errno of close(2), to which a network file system may tell of a failed write.
  std::expected<void, int> close() noexcept;

 private:
  /// How bytes are put so that the call can't wait.
  enum class Method : std::uint8_t {
    plain,    // never waits: a file on disk, or a description of our own with O_NONBLOCK
    send,     // a socket: MSG_DONTWAIT is said with each call
    bounded,  // a shared description that was not opened again: little enough to fit into a pipe that is writable
  };

  static std::expected<NonblockingFd, int> borrow(int fd, bool opens_pipes_again);
  NonblockingFd(int fd, UniqueFd own, Method method) noexcept : own_(std::move(own)), fd_(fd), method_(method) {}

  UniqueFd own_;  // none where the caller's descriptor is written
  int fd_;
  Method method_ = Method::plain;
};

}  // namespace nbcrawl

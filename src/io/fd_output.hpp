#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/output.hpp"
#include "io/event_loop.hpp"
#include "io/nonblocking_fd.hpp"
#include "io/timers.hpp"

namespace nbcrawl {

/// Bytes to a descriptor that somebody else may be slow to read: standard output, or a file given with -o. Never waits
/// for a pipe, terminal or socket. A file on disk is written at once, and not synced: a result list is no database.
///
/// Small writes are gathered for a moment: each would cost a system call, and wake a reader. What the descriptor does
/// not take is copied, kept and written when the loop says so, and the caller bounds it: look at pending_bytes() after
/// each pass, and write no more while it is too much. One thread. SIGPIPE must be ignored or blocked.
class FdOutput final : public Output, public Pollable {
 public:
  /// Writes to a descriptor which stays open and belongs to the caller. `name` is what errors call it, such as
  /// "standard output". Error: output_failed where it is not open for writing.
  static Result<std::unique_ptr<FdOutput>> borrow(EventLoop& loop, int fd, std::string name);
  /// Opens the file, created where it is missing; what it holds stays until clear(). Error: output_failed, also for a
  /// FIFO nobody reads.
  static Result<std::unique_ptr<FdOutput>> create(EventLoop& loop, const std::string& path);
  /// Opens the file, created where it is missing, for go_on(). One on disk is ours alone until it is closed (flock(2),
  /// where the file system has locks). Error: output_failed, also where another process has taken it.
  static Result<std::unique_ptr<FdOutput>> take(EventLoop& loop, const std::string& path);

  /// Empties the file of create(), if it is one on disk, before the first write. Error: output_failed.
  Result<> clear();
  /// Has the file of take() go on behind its first `bytes`; whatever is behind them is cut off. Of what is no file on
  /// disk, such as a FIFO, nothing can be cut off. `mark`: what mark() was there, 0: not known. Error: output_failed,
  /// also where it is shorter or another file: then nothing is cut off.
  Result<> go_on(std::uint64_t bytes, std::uint64_t mark = 0);

  /// Errors are of kind output_failed; the first one is given again by every later call of write(), check(), flush(),
  /// close().
  Result<> write(std::span<const std::string_view> pieces) override;
  /// Where a file that was there ends inside a line, ends that line: what follows stands on one of its own.
  Result<> begin_line();
  /// Whether all is well so far: a write that the loop made may have failed.
  [[nodiscard]] Result<> check() const;
  /// The same at the end, when nothing more will be written: bytes that the system has not taken by then are lost.
  [[nodiscard]] Result<> check_taken() const;
  /// Gives the system what is gathered, as far as it takes it now.
  Result<> flush();
  /// Ends the output when pending_bytes() is 0 after a flush(). Error: what the system found out only now.
  Result<> close();
  /// What the system has not taken yet.
  [[nodiscard]] std::size_t pending_bytes() const noexcept override { return pending_.size() - begin_; }

  /// Whether it is a file on disk, of take(): what it holds can be cut back, and it never waits.
  [[nodiscard]] bool is_own_file() const noexcept { return is_own_file_; }
  /// Where the bytes end that the system has taken: in the file, or since the beginning.
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  /// By what go_on() knows an own file again that ends at position(). Error: output_failed.
  [[nodiscard]] Result<std::uint64_t> mark() const;

  [[nodiscard]] int fileno() const noexcept override { return fd_.fileno(); }
  void on_ready(bool readable, bool writable) override;

 private:
  FdOutput(EventLoop& loop, NonblockingFd fd, std::string name);

  Result<> drain();
  Result<> write_through(std::span<const std::string_view> pieces);
  Result<std::size_t> put(std::span<iovec> vectors);
  void keep(std::string_view bytes);
  void drop(std::size_t bytes);
  Result<> wait_until_writable();
  std::unexpected<Error> fail(int cause, std::string_view why);

  EventLoop& loop_;
  NonblockingFd fd_;
  std::string name_;
  std::string pending_;    // from begin_ on
  std::size_t begin_ = 0;  // bytes of it that are written
  std::uint64_t position_ = 0;
  bool is_own_file_ = false;
  std::optional<Error> error_;
  Timer gathering_;            // since something is gathered
  Registration registration_;  // only while the descriptor takes no more: an idle one would spin on a hang-up
};

}  // namespace nbcrawl

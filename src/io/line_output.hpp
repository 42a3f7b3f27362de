#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "io/nonblocking_fd.hpp"

namespace nbcrawl {

/// Lines to a descriptor whose reader is not waited for: a log, messages. What it does not take is kept for the next
/// call, up to `most_kept_bytes`; lines beyond are lost and counted, and so is what can't be written. No line is
/// written in part, but where the descriptor fails, or its reader is given up, in the middle of one. One thread.
class LineOutput {
 public:
  explicit LineOutput(NonblockingFd fd) : fd_(std::move(fd)) {}
  static constexpr std::size_t most_kept_bytes = 1024 * 1024;

  /// Of whole lines, each with its end.
  void write(std::string_view lines);
  /// Writes what is kept as far as it is taken now.
  void flush();
  /// Writes what is kept, for as long as its reader takes, or until then.
  void drain(std::optional<TimePoint> until = {});
  /// Counts what is kept as lost.
  void give_up();
  /// What tells when more is taken.
  [[nodiscard]] int fileno() const noexcept { return fd_.fileno(); }
  [[nodiscard]] std::size_t kept_bytes() const noexcept { return kept_.size(); }
  [[nodiscard]] std::uint64_t lost_lines() const noexcept { return lost_lines_; }
  /// errno of the first loss; EAGAIN: the reader was too slow.
  [[nodiscard]] int cause_of_loss() const noexcept { return cause_of_loss_; }

 private:
  void lose(std::string_view lines, int cause);

  NonblockingFd fd_;
  std::string kept_;
  std::uint64_t lost_lines_ = 0;
  int cause_of_loss_ = 0;
};

}  // namespace nbcrawl

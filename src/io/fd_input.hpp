#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.hpp"
#include "io/event_loop.hpp"

namespace nbcrawl {

enum class InputStatus : std::uint8_t {
  bytes,        ///< some came
  would_block,  ///< none is there yet; the loop is woken when that changes
  end,          ///< the end, for good
};

struct InputChunk {
  InputStatus status = InputStatus::end;
  std::string_view bytes;  ///< lives until the next read()
};

/// A job list's bytes from a file, pipe, FIFO, terminal or socket, taken only when they are asked for: who does not ask
/// holds up the producer and costs the loop nothing. A file is read at once; all else is read only when it is
/// readable, so that no call waits and O_NONBLOCK is never set on a description shared with others. One thread.
class FdInput final : public Pollable {
 public:
  static constexpr std::size_t chunk_bytes = 64 * 1024;

  /// Reads a descriptor which stays open and belongs to the caller. `name` is what errors call it, such as "standard
  /// input". Error: invalid_job where it can't be read.
  static Result<std::unique_ptr<FdInput>> borrow(EventLoop& loop, int fd, std::string name);
  /// Opens a file. Error: invalid_job where it can't be read.
  static Result<std::unique_ptr<FdInput>> open(EventLoop& loop, const std::string& path);

  /// The next bytes, at most chunk_bytes. Error: invalid_job. After would_block a pass of the loop ends as soon as it
  /// is worth while to read() again.
  Result<InputChunk> read();

  [[nodiscard]] int fileno() const noexcept override { return fd_; }
  void on_ready(bool readable, bool writable) override;

 private:
  FdInput(EventLoop& loop, int fd, UniqueFd own, bool never_waits, std::string name);
  static Result<std::unique_ptr<FdInput>> adopt(EventLoop& loop, int fd, UniqueFd own, std::string name);

  [[nodiscard]] bool readable_now() const noexcept;
  Result<InputChunk> wait_until_readable();

  EventLoop& loop_;
  UniqueFd own_;  // none where the caller's descriptor is read
  int fd_;
  bool never_waits_;
  bool ended_ = false;
  std::string name_;
  std::vector<char> buffer_;
  Registration registration_;  // only while somebody waits
};

}  // namespace nbcrawl

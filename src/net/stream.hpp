#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/unique_fd.hpp"
#include "io/multiplexer.hpp"

namespace nbcrawl {

/// How one read or write of a stream ended.
enum class IoStatus : std::uint8_t {
  ok,           ///< `bytes` were moved
  would_block,  ///< nothing now; ask the loop
  closed,       ///< read: orderly end of the peer's data
  failed,       ///< `sys_errno` says why
};

struct IoResult {
  IoStatus status = IoStatus::ok;
  std::size_t bytes = 0;
  int sys_errno = 0;
};

/// A connected byte stream that never blocks and bears a fileno(). It owns its descriptor.
class Stream {
 public:
  virtual ~Stream() = default;
  [[nodiscard]] virtual int fileno() const noexcept = 0;
  virtual IoResult read(std::span<char> into) = 0;
  virtual IoResult write(std::span<const char> from) = 0;
};

/// A plain TCP connection.
class TcpStream final : public Stream {
 public:
  /// Takes a connected, non-blocking socket.
  explicit TcpStream(UniqueFd fd) noexcept : fd_(std::move(fd)) {}
  [[nodiscard]] int fileno() const noexcept override { return fd_.get(); }
  IoResult read(std::span<char> into) override;
  IoResult write(std::span<const char> from) override;

 private:
  UniqueFd fd_;
};

}  // namespace nbcrawl

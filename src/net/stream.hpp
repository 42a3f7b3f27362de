#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/unique_fd.hpp"
#include "io/multiplexer.hpp"

namespace nbcrawl {

/// How one read or write of a stream ended.
enum class IoStatus : std::uint8_t {
  ok,           ///< `bytes` were moved
  would_block,  ///< nothing now; ask the loop, with the interest that wanted() tells
  closed,       ///< read: orderly end of the peer's data
  truncated,    ///< read: the data ended, but nothing shows that the peer meant it to
  failed,       ///< failure() says why
};

struct IoResult {
  IoStatus status = IoStatus::ok;
  std::size_t bytes = 0;
  int sys_errno = 0;
  bool more = false;  ///< read, ok: there may be more without waiting
};

/// A connected byte stream that never blocks and bears a fileno(). It owns its descriptor.
class Stream {
 public:
  virtual ~Stream() = default;
  [[nodiscard]] virtual int fileno() const noexcept = 0;
  /// A step of what both sides have to settle before the first byte; ok: done. It is repeated until then.
  virtual IoResult handshake() { return {}; }
  virtual IoResult read(std::span<char> into) = 0;
  /// Fills `first`, then `second`, with one call where the stream can; `bytes` are of both.
  virtual IoResult read_two(std::span<char> first, std::span<char> /*second*/) { return read(first); }
  virtual IoResult write(std::span<const char> from) = 0;
  /// What the handshake settled on to be spoken (ALPN, RFC 7301); empty: nothing.
  [[nodiscard]] virtual std::string_view protocol() const noexcept { return {}; }
  /// Whether bytes are here already that no readiness of the descriptor will tell of. They may be too few to be read.
  [[nodiscard]] virtual bool has_buffered() const noexcept { return false; }
  /// What to ask the loop for, where `purpose` says whether we want to read and to write.
  [[nodiscard]] virtual Interest wanted(Interest purpose) const noexcept { return purpose; }
  /// Why a call failed.
  [[nodiscard]] virtual Error failure(const IoResult& result) const;
};

/// A plain TCP connection.
class TcpStream final : public Stream {
 public:
  /// Takes a connected, non-blocking socket.
  explicit TcpStream(UniqueFd fd) noexcept : fd_(std::move(fd)) {}
  [[nodiscard]] int fileno() const noexcept override { return fd_.get(); }
  IoResult read(std::span<char> into) override;
  IoResult read_two(std::span<char> first, std::span<char> second) override;
  IoResult write(std::span<const char> from) override;

 private:
  UniqueFd fd_;
};

}  // namespace nbcrawl

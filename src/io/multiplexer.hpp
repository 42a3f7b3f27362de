#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// Names one registration. The loop hands out a new generation each time a slot is used again, so a report about a
/// descriptor that was closed, and whose number was opened again within the same pass, can be told from a fresh one.
struct Token {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  friend bool operator==(const Token&, const Token&) = default;
};

/// What a registration wants to hear of. Neither: only errors and hang-ups, and with select nothing.
struct Interest {
  bool readable = false;
  bool writable = false;
  friend bool operator==(const Interest&, const Interest&) = default;
};

/// One report. HUP and ERR set both flags, and with select those that were asked for, because it can't tell them from
/// readiness: whoever reads or writes next learns the cause.
struct Ready {
  Token token;
  bool readable = false;
  bool writable = false;
};

enum class MultiplexerKind : std::uint8_t { select, poll, epoll };

/// Asks the system which descriptors are ready. Backends report and never call; all are level-triggered. Descriptors
/// are borrowed: remove() one before it is closed. Not thread-safe.
class Multiplexer {
 public:
  virtual ~Multiplexer() = default;

  /// Registers a descriptor that is not registered yet. Errors: out_of_descriptors where the backend can't hold it
  /// (select and fd >= FD_SETSIZE), system_failed where the system refuses (sys_errno says why; epoll and a regular
  /// file: EPERM).
  virtual Result<> add(int fd, Interest interest, Token token) = 0;
  /// Changes the interest of a registered descriptor.
  virtual Result<> modify(int fd, Interest interest, Token token) = 0;
  virtual void remove(int fd) = 0;

  /// Waits until something is ready or the timeout has passed (rounded up to whole milliseconds by poll and epoll;
  /// nullopt: no limit) and writes the reports over `ready`. A signal handler's interruption is an empty report.
  virtual Result<> wait(std::optional<Duration> timeout, std::vector<Ready>& ready) = 0;

  [[nodiscard]] virtual MultiplexerKind kind() const noexcept = 0;
};

/// Errors: out_of_descriptors, system_failed (epoll needs a descriptor of its own).
Result<std::unique_ptr<Multiplexer>> make_multiplexer(MultiplexerKind kind);

[[nodiscard]] std::string_view name(MultiplexerKind kind) noexcept;

}  // namespace nbcrawl

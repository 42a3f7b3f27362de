#pragma once

#include <cstdint>

namespace nbcrawl {

/// What a state knows of one job, in the one byte that it takes there.
class JobMark {
 public:
  /// Not done, and no result of it is anywhere.
  constexpr JobMark() = default;
  /// Not done; yet a result of it may have been written: to a pipe just before a kill, or before it was asked for
  /// again.
  static constexpr JobMark perhaps_written() noexcept { return JobMark(perhaps_written_byte); }
  /// Done, and its result written. `exit_status`: that its outcome calls for, 0 to 100; 0: it succeeded.
  static constexpr JobMark done(int exit_status) noexcept {
    return JobMark(static_cast<std::uint8_t>(exit_status + 1));
  }

  static constexpr JobMark from_byte(char byte) noexcept { return JobMark(static_cast<std::uint8_t>(byte)); }
  [[nodiscard]] constexpr char byte() const noexcept { return static_cast<char>(byte_); }

  [[nodiscard]] constexpr bool is_done() const noexcept { return byte_ != 0 && byte_ != perhaps_written_byte; }
  [[nodiscard]] constexpr bool is_perhaps_written() const noexcept { return byte_ == perhaps_written_byte; }
  /// Of a job that is done.
  [[nodiscard]] constexpr int exit_status() const noexcept { return byte_ - 1; }

  friend constexpr bool operator==(JobMark, JobMark) = default;

 private:
  static constexpr std::uint8_t perhaps_written_byte = 0x80;
  explicit constexpr JobMark(std::uint8_t byte) noexcept : byte_(byte) {}

  std::uint8_t byte_ = 0;
};

}  // namespace nbcrawl

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "nbcrawl/error.hpp"

namespace nbcrawl {

enum class LogLevel : std::uint8_t { debug, info, warning, off };

/// Where the program tells what it does, line by line; spdlog does the writing and is seen nowhere else. Text is
/// escaped here, so callers may pass bytes from the network. Owned by main (or a test) and passed by reference.
/// Once it is set up, any thread may write.
class Log {
 public:
  /// Writes nothing.
  Log();
  /// Hands lines at `level` or above, each with its end, to `write`, which may be called by any thread.
  void to_function(std::function<void(std::string_view line)> write, LogLevel level);
  /// Appends lines at `level` or above to a file, whose folder must be there. Error: output_failed.
  Result<> to_file(const std::string& path, LogLevel level);
  /// Why lines are missing from a file (output_failed): the first failure ends its writing.
  [[nodiscard]] std::optional<Error> error() const;
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Ask before building an expensive line.
  [[nodiscard]] bool enabled(LogLevel level) const noexcept { return level >= lowest_; }
  void write(LogLevel level, std::string_view line);

  void debug(std::string_view line) { write(LogLevel::debug, line); }
  void info(std::string_view line) { write(LogLevel::info, line); }
  void warning(std::string_view line) { write(LogLevel::warning, line); }

 private:
  struct Writer;
  std::unique_ptr<Writer> writer_;
  LogLevel lowest_ = LogLevel::off;
};

}  // namespace nbcrawl

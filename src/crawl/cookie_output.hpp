#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "io/nonblocking_fd.hpp"
#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// Where the cookies of a run go in the end. A file on disk, also one behind a symbolic link, is replaced in one step,
/// readable by its owner only. What else stands there, such as a device or a FIFO, is opened and written, never
/// replaced. Errors: output_failed, naming path and cause.
class CookieOutput {
 public:
  /// Tells before the first job, not after the last, what can't be written: a folder, a FIFO that nobody reads. `path`:
  /// "-" is standard output.
  static Result<CookieOutput> open(const std::string& path);

  /// Blocks for as long as the file system does, and for `patience` with who reads a FIFO or a terminal: then what is
  /// left is an error.
  Result<> write(std::string_view text, Duration patience) const;

 private:
  CookieOutput(std::string path, std::optional<NonblockingFd> special)
      : path_(std::move(path)), special_(std::move(special)) {}

  [[nodiscard]] Result<> replace_file(std::string_view text) const;
  [[nodiscard]] Result<> write_special(std::string_view text, Duration patience) const;

  std::string path_;
  std::optional<NonblockingFd> special_;  // none: it is, or will be, a file on disk
};

}  // namespace nbcrawl

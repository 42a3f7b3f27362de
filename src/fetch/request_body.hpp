#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/unique_fd.hpp"
#include "nbcrawl/job.hpp"

namespace nbcrawl {

/// The body of one request: text of its job, or a file that is read as it is sent.
class RequestBody {
 public:
  /// The body that a job asks for, from its beginning. `options` must outlive it. Error: body_file_failed.
  Result<> begin(const JobOptions& options);
  /// This one. Borrowed.
  void begin(std::string_view text);
  void clear();

  /// Bytes that were not taken yet.
  [[nodiscard]] std::uint64_t left() const noexcept { return text_.size() + file_bytes_; }
  /// All of the text at once; empty where the body is a file.
  std::string_view take_text() noexcept { return std::exchange(text_, {}); }
  /// The next bytes; 0: none are left. Error: body_file_failed.
  Result<std::size_t> read(std::span<char> into);

 private:
  std::string_view text_;
  const std::string* path_ = nullptr;
  UniqueFd file_;
  std::uint64_t file_bytes_ = 0;
};

}  // namespace nbcrawl

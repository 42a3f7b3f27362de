#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/output.hpp"
#include "io/fd_output.hpp"

namespace nbcrawl {

/// Gathers results for an output that can't take back what it was given, until somebody says that they may go.
class BatchedOutput final : public Output {
 public:
  /// The output is borrowed.
  explicit BatchedOutput(FdOutput& output) noexcept : output_(output) {}

  Result<> write(std::span<const std::string_view> pieces) override {
    for (const std::string_view piece : pieces) batch_ += piece;
    return {};
  }
  [[nodiscard]] std::size_t pending_bytes() const noexcept override { return batch_.size() + output_.pending_bytes(); }

  [[nodiscard]] std::size_t batch_bytes() const noexcept { return batch_.size(); }
  /// Whether all is well with what was let go so far.
  [[nodiscard]] Result<> check() const { return output_.check(); }
  /// Whether the output has taken all of it, if all is well.
  [[nodiscard]] bool is_taken() const noexcept { return output_.pending_bytes() == 0; }
  /// How many bytes that is.
  [[nodiscard]] std::uint64_t taken_bytes() const noexcept { return output_.position(); }
  /// Gives the output what is gathered.
  Result<> let_go() {
    const std::string_view batch = batch_;
    auto written = output_.write(std::span(&batch, 1));
    if (written) written = output_.flush();
    batch_.clear();
    if (batch_.capacity() > kept_capacity) std::string().swap(batch_);
    return written;
  }

 private:
  static constexpr std::size_t kept_capacity = 1024 * 1024;

  FdOutput& output_;
  std::string batch_;
};

}  // namespace nbcrawl

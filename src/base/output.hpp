#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// Where a sink's bytes go: a file, a pipe, a terminal. Takes everything it is given at once and writes it in order
/// when the descriptor allows; what waits is told by pending_bytes(), and the run reads no more from the network while
/// that is too much.
class Output {
 public:
  virtual ~Output() = default;
  /// Takes all pieces as one unit, in order. Error: output_failed, now or from an earlier write.
  virtual Result<> write(std::span<const std::string_view> pieces) = 0;
  [[nodiscard]] virtual std::size_t pending_bytes() const noexcept = 0;
};

}  // namespace nbcrawl

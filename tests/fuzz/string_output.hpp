#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/output.hpp"

/// Remembers what a sink writes.
struct StringOutput final : nbcrawl::Output {
  nbcrawl::Result<> write(std::span<const std::string_view> pieces) override {
    for (const std::string_view piece : pieces) text += piece;
    return {};
  }
  [[nodiscard]] std::size_t pending_bytes() const noexcept override { return 0; }

  std::string text;
};

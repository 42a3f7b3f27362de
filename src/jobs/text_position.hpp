#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nbcrawl {

/// Where something stands in a text, as an editor shows it: lines and columns from 1, a column being one code point.
struct TextPosition {
  std::uint64_t line = 1;
  std::uint64_t column = 1;

  /// Moves past `text`.
  void advance(std::string_view text) noexcept {
    if (const auto newlines = std::count(text.begin(), text.end(), '\n'); newlines > 0) {
      line += static_cast<std::uint64_t>(newlines);
      column = 1;
      text.remove_prefix(text.rfind('\n') + 1);
    }
    // Bytes 0x80 to 0xBF continue a code point (RFC 3629 section 3); as signed numbers they are those below -64.
    const auto begins = [](char byte) { return static_cast<signed char>(byte) >= -64; };
    column += static_cast<std::uint64_t>(std::count_if(text.begin(), text.end(), begins));
  }
};

}  // namespace nbcrawl

#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace nbcrawl {

/// Code points that begin in `text`.
inline std::uint64_t count_code_points(std::string_view text) noexcept {
  std::uint64_t count = 0;
  while (!text.empty()) {
    // Blocks that one byte can count are what compilers turn into vector code.
    const std::string_view block = text.substr(0, 255);
    std::uint8_t begun = 0;
    // Bytes 0x80 to 0xBF continue a code point (RFC 3629 section 3); as signed numbers they are those below -64.
    for (const char byte : block) begun = static_cast<std::uint8_t>(begun + (static_cast<signed char>(byte) >= -64));
    count += begun;
    text.remove_prefix(block.size());
  }
  return count;
}

/// Where something stands in a text, as an editor shows it: lines and columns from 1, a column being one code point.
struct TextPosition {
  std::uint64_t line = 1;
  std::uint64_t column = 1;

  /// Moves past `text`.
  void advance(std::string_view text) noexcept {
    for (auto newline = text.find('\n'); newline != std::string_view::npos; newline = text.find('\n')) {
      ++line;
      column = 1;
      text.remove_prefix(newline + 1);
    }
    column += count_code_points(text);
  }

  /// "FILE:LINE:COLUMN: ", before what is said of it.
  [[nodiscard]] std::string in_file(std::string_view name) const {
    return std::string(name) + ':' + std::to_string(line) + ':' + std::to_string(column) + ": ";
  }

  friend auto operator<=>(const TextPosition&, const TextPosition&) = default;
};

}  // namespace nbcrawl

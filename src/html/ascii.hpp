#pragma once

#include <array>
#include <cstddef>
#include <string_view>

/// ASCII as the tokenizer sees it (Infra standard, section 4.6).
namespace nbcrawl::html {

constexpr bool is_alpha(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

constexpr bool is_whitespace(char c) noexcept { return c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\r'; }

/// Each byte, letters in lower case.
inline constexpr std::array<char, 256> lower_case = [] {
  std::array<char, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto c = static_cast<char>(i);
    table[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return table;
}();

constexpr char ascii_lower(char c) noexcept { return lower_case[static_cast<unsigned char>(c)]; }

/// True where `text` is `lower` in any mix of upper and lower case.
constexpr bool equals_lower(std::string_view text, std::string_view lower) noexcept {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (ascii_lower(text[i]) != lower[i]) return false;
  }
  return true;
}

}  // namespace nbcrawl::html

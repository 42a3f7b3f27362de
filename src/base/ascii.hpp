#pragma once

#include <string>
#include <string_view>

namespace nbcrawl {

/// A to Z as a to z; any other byte as it is.
constexpr char to_lower_case(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Digits, one at least.
constexpr bool all_digits(std::string_view text) noexcept {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

constexpr bool is_alpha(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

constexpr bool is_alphanumeric(char c) noexcept { return is_alpha(c) || is_digit(c); }

/// The value of a hexadecimal digit; -1: it is none.
constexpr int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower_case(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Whether `text` is `lower` in any mix of upper and lower case.
constexpr bool equals_lower(std::string_view text, std::string_view lower) noexcept {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (to_lower_case(text[i]) != lower[i]) return false;
  }
  return true;
}

inline std::string to_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = to_lower_case(c);
  return lower;
}

/// Without the spaces and tabs at both ends (OWS of RFC 9110 section 5.6.3).
constexpr std::string_view trim_blanks(std::string_view text) noexcept {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace nbcrawl

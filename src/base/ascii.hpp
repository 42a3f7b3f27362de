#pragma once

#include <string>
#include <string_view>

namespace nbcrawl {

/// A to Z as a to z; any other byte as it is.
constexpr char to_lower_case(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

inline std::string to_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = to_lower_case(c);
  return lower;
}

/// Without the spaces and tabs at both ends (OWS of RFC 9110 section 5.6.3).
constexpr std::string_view trim_blanks(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

}  // namespace nbcrawl

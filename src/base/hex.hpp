#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nbcrawl {

/// Appends a number in lower-case digits, at least so many.
inline void append_hex(std::string& out, std::uint32_t value, unsigned least_digits = 2) {
  constexpr std::string_view digits = "0123456789abcdef";
  unsigned shift = 4 * (least_digits - 1);
  while (shift < 28 && value >> (shift + 4) != 0) shift += 4;
  for (;; shift -= 4) {
    out += digits[(value >> shift) & 0xFU];
    if (shift == 0) return;
  }
}

/// Appends `mark` and both digits of a byte, in upper case, as URLs are normalised to (RFC 3986 section 6.2.2.1).
inline void append_marked_hex(std::string& out, char mark, char byte) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto value = static_cast<unsigned char>(byte);
  out += mark;
  out += digits[value >> 4U];
  out += digits[value & 0xFU];
}

}  // namespace nbcrawl

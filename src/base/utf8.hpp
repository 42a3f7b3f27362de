#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nbcrawl {

/// One step through text that may not be UTF-8.
struct CodePoint {
  char32_t value = 0;
  std::size_t size = 0;  ///< bytes it takes; where !valid, how many bytes one U+FFFD stands for (at least 1)
  bool valid = false;
};

/// The code point at the start of `text`, which must not be empty. Overlong forms, surrogates and values above
/// U+10FFFF are invalid (RFC 3629 section 3).
inline CodePoint next_code_point(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {.value = lead, .size = 1, .valid = true};
  std::size_t length = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  char32_t value = 0;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
    value = lead & 0x1FU;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    value = lead & 0x0FU;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    value = lead & 0x07U;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return {.value = 0xFFFD, .size = 1, .valid = false};
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (i == text.size() || byte(i) < low || byte(i) > high) return {.value = 0xFFFD, .size = i, .valid = false};
    value = (value << 6U) | (byte(i) & 0x3FU);
    low = 0x80;
    high = 0xBF;
  }
  return {.value = value, .size = length, .valid = true};
}

}  // namespace nbcrawl

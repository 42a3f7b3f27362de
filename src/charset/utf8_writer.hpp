#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace nbcrawl {

/// A page's bytes, and how far they have been read.
struct ByteReader {
  const std::uint8_t* next;
  const std::uint8_t* end;

  [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end - next); }
};

inline constexpr char32_t replacement_character = 0xFFFD;

/// Writes UTF-8 into memory that the caller made large enough (most_utf8_bytes() of to_utf8.cpp). Decoders take it and
/// give it back by value, so that the compiler keeps the position in a register.
struct Utf8Writer {
  char* next;
  std::size_t errors = 0;  ///< U+FFFD written for what could not be decoded

  void put(std::uint32_t byte) noexcept { *next++ = static_cast<char>(byte); }

  void code_point(char32_t c) noexcept {
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xC0U | (c >> 6U));
      put(0x80U | (c & 0x3FU));
    } else if (c < 0x10000) {
      put(0xE0U | (c >> 12U));
      put(0x80U | ((c >> 6U) & 0x3FU));
      put(0x80U | (c & 0x3FU));
    } else {
      put(0xF0U | (c >> 18U));
      put(0x80U | ((c >> 12U) & 0x3FU));
      put(0x80U | ((c >> 6U) & 0x3FU));
      put(0x80U | (c & 0x3FU));
    }
  }

  void error() noexcept {
    ++errors;
    code_point(replacement_character);
  }

  /// Copies bytes below 0x80 up to the first other one.
  void ascii(ByteReader& in) noexcept {
    while (in.left() >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, in.next, 8);
      std::memcpy(next, &word, 8);
      if (const std::uint64_t high = word & 0x8080808080808080U; high != 0) {
        const int bits = std::endian::native == std::endian::little ? std::countr_zero(high) : std::countl_zero(high);
        in.next += bits / 8;
        next += bits / 8;
        return;
      }
      in.next += 8;
      next += 8;
    }
    while (in.next != in.end && *in.next < 0x80) put(*in.next++);
  }
};

}  // namespace nbcrawl

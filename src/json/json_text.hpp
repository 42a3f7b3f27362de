#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace nbcrawl {

/// White space between the tokens of JSON (RFC 8259 section 2).
constexpr bool is_json_white(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// The first byte of [at, end) that does not stand for itself in a JSON string: a quotation mark, a backslash or a
/// control character (RFC 8259 section 7). `end` where there is none.
inline const char* end_of_plain_text(const char* at, const char* end) noexcept {
  // Eight bytes at a time: subtracting borrows into a byte's top bit exactly where the byte was too small.
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t tops = ones * 0x80;
  const auto has_below = [](std::uint64_t bytes, std::uint64_t n) { return (bytes - ones * n) & ~bytes & tops; };
  while (end - at >= 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, sizeof bytes);
    const std::uint64_t quotes = has_below(bytes ^ (ones * '"'), 1);
    const std::uint64_t backslashes = has_below(bytes ^ (ones * '\\'), 1);
    if (const std::uint64_t found = quotes | backslashes | has_below(bytes, 0x20); found != 0) {
      // The lowest is exact: only above a byte that was too small may one be marked that was not.
      if constexpr (std::endian::native == std::endian::little) return at + std::countr_zero(found) / 8;
      break;
    }
    at += sizeof bytes;
  }
  while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
  return at;
}

}  // namespace nbcrawl

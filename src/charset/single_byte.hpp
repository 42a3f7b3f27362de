#pragma once

#include <array>
#include <cstdint>

#include "charset/encoding.hpp"

namespace nbcrawl {

/// A character as UTF-8, ready to be stored with one 4-byte write.
struct Utf8Character {
  std::array<char, 3> bytes{};
  std::uint8_t size = 0;
};

/// What the bytes 0x80 to 0xFF stand for. Where `mapped` is false the character is U+FFFD.
struct SingleByteTable {
  std::array<Utf8Character, 128> characters;
  std::array<bool, 128> mapped{};
};

/// The table of a single-byte encoding (is_single_byte() must hold). All are built at the first call; thread-safe.
[[nodiscard]] const SingleByteTable& single_byte_table(Encoding encoding);

}  // namespace nbcrawl

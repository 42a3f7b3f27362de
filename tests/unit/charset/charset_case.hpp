#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "charset/to_utf8.hpp"
#include "project_file.hpp"

namespace nbcrawl::test {

/// The bytes of hexadecimal pairs, e.g. "81 20"; white space is free.
inline std::string from_hex(std::string_view hex) {
  std::string bytes;
  while (true) {
    hex.remove_prefix(std::min(hex.find_first_not_of(" \n"), hex.size()));
    if (hex.empty()) return bytes;
    std::uint8_t byte = 0;
    const auto read = std::from_chars(hex.data(), hex.data() + 2, byte, 16);
    if (hex.size() < 2 || read.ptr != hex.data() + 2) throw std::invalid_argument(std::string(hex));
    bytes += static_cast<char>(byte);
    hex.remove_prefix(2);
  }
}

/// A file of tests/data/charset.
inline std::string data_file(const std::string& name) { return project_file("tests/data/charset/" + name); }

inline Encoding encoding_of(std::string_view label) { return find_encoding(label).value(); }

inline std::string decoded(std::string_view label, std::string_view bytes) {
  std::string text = "what stood here before";
  to_utf8(encoding_of(label), bytes, text);
  return text;
}

/// Bytes, in hexadecimal, and what they are decoded to.
struct DecodeCase {
  std::string_view label;
  std::string_view hex;
  std::string_view text;
};

}  // namespace nbcrawl::test

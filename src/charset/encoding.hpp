#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// The encodings of the web, as the Encoding standard lists them (https://encoding.spec.whatwg.org/#names-and-labels).
enum class Encoding : std::uint8_t {
  utf_8,
  // Single-byte.
  ibm866,
  iso_8859_2,
  iso_8859_3,
  iso_8859_4,
  iso_8859_5,
  iso_8859_6,
  iso_8859_7,
  iso_8859_8,
  iso_8859_8_i,
  iso_8859_10,
  iso_8859_13,
  iso_8859_14,
  iso_8859_15,
  iso_8859_16,
  koi8_r,
  koi8_u,
  macintosh,
  windows_874,
  windows_1250,
  windows_1251,
  windows_1252,
  windows_1253,
  windows_1254,
  windows_1255,
  windows_1256,
  windows_1257,
  windows_1258,
  x_mac_cyrillic,
  x_user_defined,
  // Multi-byte.
  gbk,
  gb18030,
  big5,
  euc_jp,
  iso_2022_jp,
  shift_jis,
  euc_kr,
  utf_16be,
  utf_16le,
  /// What must not be decoded because it hides markup (iso-2022-kr, hz-gb-2312 …): any page is one U+FFFD.
  replacement,
};

/// The standard's name in lower case, e.g. "gbk". Static storage.
[[nodiscard]] std::string_view name(Encoding encoding) noexcept;

/// The encoding a label stands for, compared without case and without surrounding white space; "gb2312" is gbk,
/// "iso-8859-1" is windows-1252. ("get an encoding" of the standard, section 4.2)
[[nodiscard]] std::optional<Encoding> find_encoding(std::string_view label) noexcept;

/// The same for a label that a user gave. Error: invalid_job, naming the label.
[[nodiscard]] Result<Encoding> encoding_argument(std::string_view label);

/// Whether bytes below 0x80 always mean ASCII, so that a page without other bytes is the same in UTF-8.
[[nodiscard]] constexpr bool is_ascii_superset(Encoding encoding) noexcept {
  return encoding != Encoding::utf_16be && encoding != Encoding::utf_16le && encoding != Encoding::iso_2022_jp &&
         encoding != Encoding::replacement;
}

/// Whether each byte is one character.
[[nodiscard]] constexpr bool is_single_byte(Encoding encoding) noexcept {
  return encoding >= Encoding::ibm866 && encoding <= Encoding::x_user_defined;
}

}  // namespace nbcrawl

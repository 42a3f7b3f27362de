#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/ascii.hpp"

/// Internals of URL parsing, in the words of the WHATWG URL standard.
namespace nbcrawl::whatwg {

/// The sets of code points that URL parsing asks for, as flags. A byte above 0x7F stands for the non-ASCII code point
/// it is a part of: every set below treats all of those alike.
using ByteSet = std::uint16_t;
inline constexpr ByteSet fragment_percent_encode_set = 1U << 0U;
inline constexpr ByteSet special_query_percent_encode_set = 1U << 1U;
inline constexpr ByteSet path_percent_encode_set = 1U << 2U;
inline constexpr ByteSet userinfo_percent_encode_set = 1U << 3U;
inline constexpr ByteSet forbidden_domain_code_point = 1U << 4U;
inline constexpr ByteSet non_ascii = 1U << 5U;
inline constexpr ByteSet ascii_upper_alpha = 1U << 6U;
inline constexpr ByteSet solidus = 1U << 7U;               ///< "/", and "\", which the special schemes treat as one
inline constexpr ByteSet end_of_authority = 1U << 8U;      ///< "/", "\", "?" and "#"
inline constexpr ByteSet end_of_path = 1U << 9U;           ///< "?" and "#"
inline constexpr ByteSet tab_or_newline = 1U << 10U;       ///< removed wherever it stands
inline constexpr ByteSet c0_control_or_space = 1U << 11U;  ///< removed at both ends
inline constexpr ByteSet percent_sign = 1U << 12U;

/// The sets that `code_point` (below 256) belongs to.
constexpr ByteSet sets_of(unsigned code_point) {
  const auto one_of = [code_point](std::string_view list) {
    return code_point < 0x80 && list.find(static_cast<char>(code_point)) != std::string_view::npos;
  };
  const bool control = code_point < 0x20 || code_point > 0x7e;  // the C0 control percent-encode set
  unsigned sets = 0;
  const auto add_if = [&sets](bool belongs, ByteSet set) { sets |= belongs ? set : 0U; };
  add_if(control || one_of(" \"<>`"), fragment_percent_encode_set);
  add_if(control || one_of(" \"#<>'"), special_query_percent_encode_set);
  add_if(control || one_of(" \"#<>?^`{}"), path_percent_encode_set);
  add_if(control || one_of(" \"#<>?^`{}/:;=@[\\]|"), userinfo_percent_encode_set);
  add_if(code_point <= 0x20 || code_point == 0x7f || one_of("#/:<>?@[\\]^|%"), forbidden_domain_code_point);
  add_if(code_point > 0x7f, non_ascii);
  add_if(code_point >= 'A' && code_point <= 'Z', ascii_upper_alpha);
  add_if(one_of("/\\"), solidus);
  add_if(one_of("/\\?#"), end_of_authority);
  add_if(one_of("?#"), end_of_path);
  add_if(one_of("\t\n\r"), tab_or_newline);
  add_if(code_point <= 0x20, c0_control_or_space);
  add_if(one_of("%"), percent_sign);
  return static_cast<ByteSet>(sets);
}

inline constexpr std::array<ByteSet, 256> byte_sets = [] {
  std::array<ByteSet, 256> table{};
  for (unsigned byte = 0; byte < table.size(); ++byte) {
    table[byte] = sets_of(byte);
  }
  return table;
}();

/// True where `byte` belongs to any of `sets`.
constexpr bool is_in(char byte, unsigned sets) { return (byte_sets[static_cast<unsigned char>(byte)] & sets) != 0; }

/// The first position from `from` on whose byte belongs to any of `sets`; text.size() where there is none.
constexpr std::size_t find_in(std::string_view text, unsigned sets, std::size_t from = 0) {
  while (from < text.size() && !is_in(text[from], sets)) {
    ++from;
  }
  return from;
}

}  // namespace nbcrawl::whatwg

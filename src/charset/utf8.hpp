#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nbcrawl {

/// How many bytes from the start are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above
/// U+10FFFF); text.size() where all are.
[[nodiscard]] std::size_t valid_utf8_prefix(std::string_view text) noexcept;

/// How many bytes are below 0x80 before the first other one.
[[nodiscard]] std::size_t ascii_prefix(std::string_view text) noexcept;

/// How many bytes are 0x80 or above.
[[nodiscard]] std::size_t count_high_bytes(std::string_view text) noexcept;

/// How many sequences of two bytes or more a well-formed text has: its characters that are not ASCII.
[[nodiscard]] std::size_t count_sequences(std::string_view text) noexcept;

/// Replaces `out` with `text`, each maximal part of an ill-formed sequence as one U+FFFD (Unicode section 3.9, the
/// Encoding standard's UTF-8 decoder). Returns how many U+FFFD that made.
std::size_t repair_utf8(std::string_view text, std::string& out);

/// What of a text speaks for UTF-8 and what against.
struct Utf8Evidence {
  std::size_t sequences = 0;  ///< well-formed sequences of two bytes or more
  std::size_t errors = 0;     ///< U+FFFD that a decoder would make
};
[[nodiscard]] Utf8Evidence weigh_utf8(std::string_view text) noexcept;

}  // namespace nbcrawl

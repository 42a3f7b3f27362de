#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nbcrawl::html {

/// What stands at an "&" (HTML standard, sections 13.2.5.72 to 13.2.5.80).
struct ReferenceMatch {
  enum class Kind : std::uint8_t {
    none,        ///< no reference: the "&" is text
    incomplete,  ///< too few bytes to tell
    found,
  };
  Kind kind = Kind::none;
  std::size_t size = 0;       ///< found: bytes of the reference, the "&" included
  char32_t code_point = 0;    ///< found: what it stands for
  char32_t second_point = 0;  ///< of the few that stand for two; else 0
};

/// Matches the longest reference at the beginning of `text`, which begins with "&". In an attribute's value a name
/// without its semicolon is text where a letter, a digit or "=" follows. `more`: further bytes may follow.
[[nodiscard]] ReferenceMatch match_reference(std::string_view text, bool in_attribute, bool more);

}  // namespace nbcrawl::html

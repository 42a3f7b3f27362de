#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace nbcrawl {

// The indexes of the Encoding standard (section 5): pointer → code point, 0 where there is none. Each is built from
// ICU's tables at the first call, with the cells replaced where the standard has another character; thread-safe. The
// unit tests hold a hash of each as the standard publishes it.

using Gb18030Index = std::array<char16_t, std::size_t{126} * 190>;
using Big5Index = std::array<char32_t, std::size_t{126} * 157>;
using Jis0208Index = std::array<char16_t, std::size_t{60} * 188>;
using Jis0212Index = std::array<char16_t, std::size_t{94} * 94>;
using EucKrIndex = std::array<char16_t, std::size_t{126} * 190>;

[[nodiscard]] const Gb18030Index& gb18030_index();
[[nodiscard]] const Big5Index& big5_index();
[[nodiscard]] const Jis0208Index& jis0208_index();
[[nodiscard]] const Jis0212Index& jis0212_index();
[[nodiscard]] const EucKrIndex& euc_kr_index();

/// An entry of the Big5 index above this is two code points, the first in the upper 16 bits: the standard's decoder has
/// four such pointers, Ê and ê with a macron or a caron.
inline constexpr char32_t last_code_point = 0x10FFFF;

/// "index gb18030 ranges code point" for the pointers below 39420: the four-byte characters of plane 0.
[[nodiscard]] const std::vector<char16_t>& gb18030_ranges();

}  // namespace nbcrawl

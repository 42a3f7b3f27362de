#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nbcrawl {

/// Of a URL, where a message is about more than it.
inline constexpr std::size_t shown_url_bytes = 200;

/// A text of any length as a message shows it: where it has more than `most_bytes`, so much of its beginning, cut
/// between two characters, and "...".
[[nodiscard]] std::string shortened(std::string_view text, std::size_t most_bytes);

}  // namespace nbcrawl

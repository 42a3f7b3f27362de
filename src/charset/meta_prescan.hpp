#pragma once

#include <optional>
#include <string_view>

#include "charset/encoding.hpp"

namespace nbcrawl {

/// The encoding that a page declares about itself, in a <meta> element or an XML declaration: "prescan a byte stream
/// to determine its encoding" of the HTML standard, over all of `bytes`
/// (https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding).
[[nodiscard]] std::optional<Encoding> prescan(std::string_view bytes);

}  // namespace nbcrawl

#pragma once

#include <optional>
#include <string_view>

#include "charset/encoding.hpp"

namespace nbcrawl {

/// The encoding of a page judged by its bytes alone: utf-8 where they are UTF-8 but for some damage (ASCII is), else
/// what detect_multi_byte() or detect_single_byte() find. Nothing where there is too little to tell.
[[nodiscard]] std::optional<Encoding> detect_encoding(std::string_view bytes);

}  // namespace nbcrawl

#pragma once

#include <optional>
#include <string_view>

#include "charset/encoding.hpp"

namespace nbcrawl {

/// Which East Asian encoding the bytes are most likely in: gbk, big5, shift_jis, euc-jp or euc-kr; nothing where they
/// do not look like text in any. Right for pages and, mostly, for as little as one sentence.
[[nodiscard]] std::optional<Encoding> detect_multi_byte(std::string_view bytes);

}  // namespace nbcrawl

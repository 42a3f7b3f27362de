#pragma once

#include <string>
#include <string_view>

#include "url/code_points.hpp"

namespace nbcrawl::whatwg {

/// Appends `text` to `out`, each byte of it that belongs to `percent_encode_set` as "%XX" (section 1.3). "%" itself is
/// left alone. Bytes are encoded one by one, so text that is not UTF-8 keeps its bytes.
void append_percent_encoded(std::string& out, std::string_view text, ByteSet percent_encode_set);

/// `text` with each "%" that two hex digits follow replaced by the byte they name.
[[nodiscard]] std::string percent_decode(std::string_view text);

}  // namespace nbcrawl::whatwg

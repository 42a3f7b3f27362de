#pragma once

#include <string>
#include <string_view>

#include "charset/encoding.hpp"
#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// The bytes of UTF-8 text in another encoding, such that to_utf8() gives the text back; no byte order mark is added.
/// Error: invalid_job, naming the character that the encoding lacks, where `text` is not UTF-8, or where the encoding
/// can only be read (replacement, x-user-defined, iso-8859-16). Opens a converter each time: not for a hot path.
[[nodiscard]] Result<std::string> from_utf8(Encoding encoding, std::string_view text);

}  // namespace nbcrawl

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "charset/encoding.hpp"

namespace nbcrawl {

/// Replaces `out` with the UTF-8 of `bytes`, decoded as the Encoding standard says; U+FFFD stands for what can't be
/// decoded. A byte order mark is text here. `out` keeps its memory from call to call; `bytes` must not be part of it.
/// Returns how many U+FFFD stand for errors. Thread-safe.
std::size_t to_utf8(Encoding encoding, std::string_view bytes, std::string& out);

}  // namespace nbcrawl

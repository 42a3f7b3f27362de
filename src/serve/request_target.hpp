#pragma once

#include <string>
#include <string_view>

#include "nbcrawl/request.hpp"

namespace nbcrawl {

/// Fills in `path` and `query` from `target` in origin-form or absolute-form (RFC 9112 section 3.2). False where it is
/// neither, has a fragment, or is not percent-encoded properly.
[[nodiscard]] bool split_target(Request& request);

/// Percent-encodes what may not stand in a path (RFC 3986 section 3.3); "/" stays.
[[nodiscard]] std::string encode_path(std::string_view path);

}  // namespace nbcrawl

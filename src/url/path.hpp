#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nbcrawl::whatwg {

/// Removes the last segment of the path that `href` ends with and that begins at `path`; none is left of "".
void shorten_path(std::string& href, std::size_t path);

/// The path state (section 4.4): appends the segments of `input`, each after a "/", percent-encoded, to the path that
/// `href` ends with and that begins at `path` (it may still be empty). "." and ".." in every spelling are resolved;
/// "\" separates as "/" does. The slash before the first segment is no part of `input`.
void append_path(std::string& href, std::size_t path, std::string_view input);

}  // namespace nbcrawl::whatwg

#pragma once

#include <filesystem>

namespace nbcrawl {

/// The file that symbolic links at the end of `path` lead to, whether it is there or not; the path itself where there
/// is no link, or no end of them.
[[nodiscard]] std::filesystem::path behind_links(const std::filesystem::path& path);

}  // namespace nbcrawl

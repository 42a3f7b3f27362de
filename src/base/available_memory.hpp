#pragma once

#include <cstdint>
#include <filesystem>

namespace nbcrawl {

/// Bytes of memory that this process may have: the machine's, or less where a control group that it is in allows less,
/// as in a container (cgroups(7), version 2 or 1). `root`: where /proc and /sys are.
[[nodiscard]] std::uint64_t available_memory(const std::filesystem::path& root = "/");

}  // namespace nbcrawl

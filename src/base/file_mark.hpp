#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace nbcrawl {

/// Of so many bytes before the end, or of all where there are fewer.
inline constexpr std::size_t marked_bytes = 4096;

/// A number by which the end of a file is known again: of the SHA-256 of the last bytes before `end`. Never 0. nullopt:
/// they can't be read, and errno says why.
std::optional<std::uint64_t> file_mark(int fd, std::uint64_t end);

}  // namespace nbcrawl

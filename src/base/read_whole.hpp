#pragma once

#include <cstddef>
#include <string>

#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// All bytes of a file of at most `max_bytes`, of standard input where `path` is "-". Waits for a slow one, so only for
/// what is read before a run; but a named pipe that nobody opens to write is an error after a second. Error: of `kind`,
/// naming path and cause; sys_errno tells whether there is none (ENOENT).
Result<std::string> read_whole(const std::string& path, std::size_t max_bytes, ErrorKind kind);

}  // namespace nbcrawl

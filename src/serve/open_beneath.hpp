#pragma once

#include <string>

#include "base/unique_fd.hpp"
#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// Opens the file at `path`, relative, for reading, without ever leaving the folder `root` is open on: not by "..",
/// not by an absolute path, not by a symbolic link. Error: system_failed with sys_errno.
[[nodiscard]] Result<UniqueFd> open_beneath(int root, const std::string& path);

/// The same for kernels without openat2(2): one component at a time, and no symbolic link at all is followed.
[[nodiscard]] Result<UniqueFd> walk_beneath(int root, const std::string& path);

}  // namespace nbcrawl

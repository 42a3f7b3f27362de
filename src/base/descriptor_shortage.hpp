#pragma once

#include <fcntl.h>

#include <cerrno>

#include "base/unique_fd.hpp"
#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// Whether errno says that there is no descriptor left, in this process or in the system.
inline bool is_descriptor_shortage(int cause) noexcept { return cause == EMFILE || cause == ENFILE; }

/// What a system call's failure is where there is no better name for it.
inline ErrorKind kind_of_failed_call(int cause) noexcept {
  return is_descriptor_shortage(cause) ? ErrorKind::out_of_descriptors : ErrorKind::system_failed;
}

/// Asks the system for a descriptor, to learn whether there is one. For libraries that fail without saying why.
inline bool are_descriptors_short() noexcept {
  const UniqueFd one(::open("/", O_PATH | O_CLOEXEC));
  return !one && is_descriptor_shortage(errno);
}

}  // namespace nbcrawl

#pragma once

#include "base/unique_fd.hpp"
#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// A descriptor that other threads make readable (eventfd(2)), non-blocking. Errors: system_failed, out_of_descriptors.
[[nodiscard]] Result<UniqueFd> open_event_fd();

}  // namespace nbcrawl

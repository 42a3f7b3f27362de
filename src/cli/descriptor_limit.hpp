#pragma once

#include <cstdint>
#include <string>

#include "nbcrawl/options.hpp"

namespace nbcrawl {

/// Raises the limit of open descriptors (ulimit -n) to this many, as far as the hard limit allows; what is more already
/// stays. Returns the limit; 0: it can't be told.
std::uint64_t raise_descriptor_limit(std::uint64_t wanted) noexcept;

/// Raises the limit to what a run with these options can use, as far as the hard limit allows, and lowers the number of
/// idle connections to what is left. Returns what people should know where not even the transfers that were asked for
/// will have one each; else nothing.
[[nodiscard]] std::string fit_to_descriptors(Options& options);

}  // namespace nbcrawl

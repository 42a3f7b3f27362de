#pragma once

#include <string>

#include "nbcrawl/options.hpp"

namespace nbcrawl {

/// Raises the limit of open descriptors (ulimit -n) to what a run with these options can use, as far as the hard limit
/// allows, and lowers the number of idle connections to what is left. Returns what people should know where not even
/// the transfers that were asked for will have one each; else nothing.
[[nodiscard]] std::string fit_to_descriptors(Options& options);

}  // namespace nbcrawl

#pragma once

#include "nbcrawl/options.hpp"

namespace nbcrawl {

/// The options as a run can use them: a program may give any duration, and none of these makes a deadline wrap; what is
/// reckoned from the machine's memory has its figure. Those of a job (JobOptions) are bounded where they are read.
[[nodiscard]] Options bounded(Options options);

}  // namespace nbcrawl

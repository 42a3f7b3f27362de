#pragma once

#include "nbcrawl/job.hpp"
#include "nbcrawl/options.hpp"

namespace nbcrawl {

/// Whether Options::method and Options::body can be sent. Error: invalid_job.
[[nodiscard]] Result<> check_job_defaults(const Options& options);

/// Gives a job that is about to be sent the run's method and body where it names none. Not earlier: thousands of jobs
/// wait, and each would hold a copy. Done again to the same job, it changes nothing.
void apply_job_defaults(Job& job, const Options& options);

}  // namespace nbcrawl

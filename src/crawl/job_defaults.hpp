#pragma once

#include "nbcrawl/job.hpp"
#include "nbcrawl/options.hpp"

namespace nbcrawl {

/// Whether Options::method and Options::body can be sent. Error: invalid_job.
[[nodiscard]] Result<> check_job_defaults(const Options& options);

/// Gives a job that is about to be sent the run's method where it names none. Whether it is sent with the run's body,
/// having none of its own: then it has an empty one, for a copy in each would be many times as much. Done again to the
/// same job, it changes nothing, and tells nothing.
bool apply_job_defaults(Job& job, const Options& options);

}  // namespace nbcrawl

#pragma once

#include "cli/fetch_settings.hpp"
#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// Refuses to write a file that is a job list of this very run, or is written by two of its options: one use of it
/// would destroy it for the other. Looks before anything is opened. Error: invalid_job.
[[nodiscard]] Result<> check_file_clash(const FetchSettings& settings);

}  // namespace nbcrawl

#pragma once

#include "cli/fetch_settings.hpp"
#include "cli/serve_command.hpp"
#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// Refuses to write a file that this very run reads, or is written by two of its options: one use of it would destroy
/// it for the other. But a cookie jar goes on from run to run (-b FILE -c FILE). Refuses, too, to read standard input
/// for two purposes. Looks before anything is opened. Error: invalid_job.
[[nodiscard]] Result<> check_file_clash(const FetchSettings& settings);
[[nodiscard]] Result<> check_file_clash(const ServeSettings& settings);

}  // namespace nbcrawl

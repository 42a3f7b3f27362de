#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/fetch_settings.hpp"
#include "cli/serve_command.hpp"
#include "jobs/job_parser.hpp"
#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// Refuses to write a file that this very run reads, or is written by two of its options: one use of it would destroy
/// it for the other. But a cookie jar goes on from run to run (-b FILE -c FILE). Refuses, too, to read standard input
/// for two purposes. Looks before anything is opened. Error: invalid_job.
[[nodiscard]] Result<> check_file_clash(const FetchSettings& settings);
[[nodiscard]] Result<> check_file_clash(const ServeSettings& settings);

/// A check that refuses a job's `body_file` which the run itself writes: it would be emptied before it is sent. Error:
/// invalid_job.
[[nodiscard]] NameCheck body_file_check(const FetchSettings& settings);

/// Where the run's own files are or will be, those that it reads included: no page may take the place of one. Absolute
/// paths without symbolic links, and those of links that lead to one.
[[nodiscard]] std::vector<std::filesystem::path> own_files(const FetchSettings& settings);

}  // namespace nbcrawl

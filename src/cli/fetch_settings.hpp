#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "nbcrawl/options.hpp"
#include "sinks/body_form.hpp"
#include "sinks/record_field.hpp"

namespace nbcrawl {

enum class ProgressMode : std::uint8_t { automatic, bar, plain, none };

/// What the command line of `nbcrawl fetch` says.
struct FetchSettings {
  std::vector<std::string> jobs;  ///< files, "-", or URLs
  std::string config_file;        ///< that some of this is from; empty: none
  Options options;
  std::vector<std::string> data;  ///< values of -d
  bool skip_invalid = false;

  bool jsonl = false;
  BodyForm body = BodyForm::automatic;  ///< of records
  std::vector<RecordField> fields;      ///< of records; empty: all
  bool ordered = false;
  bool null_separator = false;
  std::string output_file;       ///< empty or "-": standard output
  std::string output_directory;  ///< empty: none
  /// Whether results go to one file or to standard output, not each to a file of its own.
  [[nodiscard]] bool writes_one_stream() const noexcept { return output_directory.empty() || jsonl; }
  [[nodiscard]] bool writes_standard_output() const noexcept {
    return writes_one_stream() && (output_file.empty() || output_file == "-");
  }

  std::string state_file;     ///< of a run that can be continued; empty: none
  bool retry_failed = false;  ///< the jobs that failed earlier are not done

  bool silent = false;
  ProgressMode progress = ProgressMode::automatic;
  bool verbose = false;
  std::string log_file;
  LogLevel log_level = LogLevel::debug;
};

}  // namespace nbcrawl

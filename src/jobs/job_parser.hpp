#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jobs/field_values.hpp"
#include "jobs/job_field.hpp"
#include "nbcrawl/error.hpp"
#include "nbcrawl/job.hpp"

namespace nbcrawl {

/// Says whether a name that stands in a job means something, e.g. "decode:gb2312" as a callback. The detail of its
/// error becomes part of the job's.
using NameCheck = std::move_only_function<Result<>(std::string_view name)>;

/// What the job list itself can't know. An empty check accepts every name.
struct JobChecks {
  NameCheck callback;
  NameCheck charset;
};

/// Makes a Job of one record. A fault's offset is that of the record's byte where it stands.
class JobParser {
 public:
  explicit JobParser(JobChecks checks) noexcept : checks_(std::move(checks)) {}

  /// A URL without white space around it.
  static std::expected<Job, Fault> parse_line(std::string_view line);
  /// A value that JsonScanner has accepted.
  std::expected<Job, Fault> parse_value(std::string_view json);
  /// Sets what jobs parsed from now on have where they do not say otherwise: an object that JsonScanner has accepted.
  std::optional<Fault> set_defaults(std::string_view json);

 private:
  class Values;

  std::optional<Fault> read_callbacks(const Values& values, std::vector<std::string>& callbacks);
  std::optional<Fault> read_options(const Values& values, std::unique_ptr<JobOptions>& options);
  std::optional<Fault> read_option(const Values& values, JobField field, JobOptions& options);
  static std::optional<Fault> read_headers(const Values& values, std::vector<Header>& headers);
  std::optional<Fault> read_charset(const Values& values, std::string& charset);
  static std::optional<Fault> read_meta(const Values& values, std::string& meta);
  std::expected<Url, Fault> parse_url(const Values& values);
  std::expected<Url, Fault> parse_host_and_path(const Values& values);

  JobChecks checks_;
  std::string storage_;  // of a string with escapes

  // The defaults.
  std::string scheme_ = "http";
  std::optional<std::uint16_t> port_;
  std::vector<std::string> callbacks_;
  std::unique_ptr<JobOptions> options_;
  bool has_method_ = false;
};

}  // namespace nbcrawl

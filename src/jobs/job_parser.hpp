#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jobs/fault.hpp"
#include "jobs/job_field.hpp"
#include "jobs/job_object.hpp"
#include "jobs/job_url.hpp"
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
  NameCheck output;
  NameCheck body_file;
};

/// Reads one record into a new Job. A fault's offset is that of the record's byte where it stands; what the job has
/// then is of no use.
class JobParser {
 public:
  explicit JobParser(JobChecks checks) noexcept : checks_(std::move(checks)) {}

  /// A URL without white space around it.
  static std::optional<Fault> parse_line(std::string_view line, Job& job);
  /// A value that JsonScanner has accepted.
  std::optional<Fault> parse_value(std::string_view json, Job& job);
  /// Sets what jobs parsed from now on have where they do not say otherwise: an object that JsonScanner has accepted.
  std::optional<Fault> set_defaults(std::string_view json);

 private:
  struct Defaults {
    UrlDefaults url;
    std::vector<std::string> callbacks;
    std::unique_ptr<JobOptions> options;
  };

  // Each reads what object_ says into its argument, and leaves that as it is where it says nothing.
  std::optional<Fault> read_url_defaults(UrlDefaults& defaults) const;
  std::optional<Fault> read_id(std::string& id) const;
  std::optional<Fault> read_callbacks(std::vector<std::string>& callbacks);
  std::optional<Fault> read_options(std::unique_ptr<JobOptions>& options);
  std::optional<Fault> read_option(JobField field, JobOptions& options);
  std::optional<Fault> read_headers(std::vector<Header>& headers) const;
  std::optional<Fault> read_proxy(std::optional<std::string>& proxy) const;
  /// A name that `check` knows.
  std::optional<Fault> read_name(JobField field, NameCheck& check, std::string& name);
  std::optional<Fault> read_meta(std::string& meta) const;

  JobChecks checks_;
  JobObject object_;  // the one that is being read
  Defaults defaults_;
};

}  // namespace nbcrawl

#include "crawl/job_defaults.hpp"

#include "base/field_syntax.hpp"
#include "http/request.hpp"

namespace nbcrawl {

Result<> check_job_defaults(const Options& options) {
  if (options.method.empty() || (is_token(options.method) && options.method != "CONNECT")) return {};
  return std::unexpected(Error{.kind = ErrorKind::invalid_job,
                               .phase = Phase::job,
                               .detail = "'" + options.method + "' is not a method that a job can have"});
}

bool apply_job_defaults(Job& job, const Options& options) {
  if (options.method.empty() && !options.body) return false;
  if (job.options == nullptr) job.options = std::make_unique<JobOptions>();
  JobOptions& own = *job.options;
  if (own.method.empty()) own.method = options.method;
  if (!options.body || own.has_body()) return false;
  own.body.emplace();
  if (!has_field(own.headers, "content-type") && !has_field(options.headers, "content-type"))
    own.headers.push_back({.name = "Content-Type", .value = "application/x-www-form-urlencoded"});
  return true;
}

}  // namespace nbcrawl

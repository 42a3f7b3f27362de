#include "crawl/checked_jobs.hpp"

#include <chrono>
#include <utility>

#include "charset/encoding.hpp"

namespace nbcrawl {

namespace {

Error of_field(std::string_view field, Error error) {
  error.detail = std::string(field) + ": " + error.detail;
  return error;
}

}  // namespace

Result<> check_callback(const Callbacks& callbacks, std::string_view spec) {
  if (auto good = callbacks.check(spec); !good) return std::unexpected(of_field("callback", std::move(good.error())));
  return {};
}

JobSource::Step CheckedJobs::next() {
  Step step = jobs_.next();
  if (Job* job = std::get_if<Job>(&step)) {
    if (auto good = check(*job); !good)
      return BadJob{.index = job->index, .error = std::move(good.error()), .job = std::move(*job)};
  }
  return step;
}

Result<> CheckedJobs::check(const Job& job) const {
  for (const std::string& spec : job.callbacks) {
    if (job.callback) break;  // they do not run
    if (auto good = check_callback(callbacks_, spec); !good) return good;
  }
  if (job.options == nullptr) return {};
  if (job.options->body && !job.options->body_file.empty()) {
    return std::unexpected(of_field("body_file", {.kind = ErrorKind::invalid_job,
                                                  .phase = Phase::job,
                                                  .detail = "there is a body already; only one of them can be sent"}));
  }
  for (const auto& [field, time] :
       {std::pair("timeout", job.options->timeout), std::pair("connect_timeout", job.options->connect_timeout)}) {
    if (time && *time <= std::chrono::milliseconds::zero())
      return std::unexpected(
          of_field(field, {.kind = ErrorKind::invalid_job, .phase = Phase::job, .detail = "no time at all"}));
  }
  if (job.options->charset.empty()) return {};
  if (auto known = encoding_argument(job.options->charset); !known)
    return std::unexpected(of_field("charset", std::move(known.error())));
  return {};
}

}  // namespace nbcrawl

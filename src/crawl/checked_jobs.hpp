#pragma once

#include <string_view>

#include "callbacks/callbacks.hpp"
#include "crawl/job_source.hpp"

namespace nbcrawl {

/// Whether a job, or the run, can have that callback. Error: invalid_job.
[[nodiscard]] Result<> check_callback(const Callbacks& callbacks, std::string_view spec);

/// The jobs of a program, held against what a job list is held against as it is read: one with a callback or a charset
/// that there is not, or with two bodies, fails before anything is fetched, and by itself.
class CheckedJobs final : public JobSource {
 public:
  /// Both are borrowed.
  CheckedJobs(JobSource& jobs, const Callbacks& callbacks) : jobs_(jobs), callbacks_(callbacks) {}

  Step next() override;

 private:
  [[nodiscard]] Result<> check(const Job& job) const;

  JobSource& jobs_;
  const Callbacks& callbacks_;
};

}  // namespace nbcrawl

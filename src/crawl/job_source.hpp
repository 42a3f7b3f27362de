#pragma once

#include <deque>
#include <optional>
#include <utility>
#include <variant>

#include "nbcrawl/error.hpp"
#include "nbcrawl/job.hpp"

namespace nbcrawl {

/// No job now. The run asks again in each pass of its loop; the source sees to it that there is one when it is worth
/// while.
struct NoJobYet {};
/// No job any more.
struct NoMoreJobs {};
/// What can't be fetched. The list goes on behind it, unless `final`: then the run ends when what came before is done.
struct BadJob {
  std::uint64_t index = 0;
  Error error;
  bool final = false;
  std::optional<Job> job = {};  ///< nullopt: a record of the list that is none
};
/// The source can't go on. The run ends when what came before is done.
struct SourceFailed {
  Error error;
};

/// Where the jobs of a run come from, one at a time and only as the run asks for them.
class JobSource {
 public:
  using Step = std::variant<Job, NoJobYet, NoMoreJobs, BadJob, SourceFailed>;

  virtual ~JobSource() = default;
  virtual Step next() = 0;
};

/// Jobs that a program added.
class JobQueue final : public JobSource {
 public:
  void add(Job job) {
    job.index = added_++;
    jobs_.push_back(std::move(job));
  }
  /// Drops those that were not taken.
  void clear() noexcept { jobs_.clear(); }
  Step next() override {
    if (jobs_.empty()) return NoMoreJobs{};
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    return job;
  }

 private:
  std::deque<Job> jobs_;
  std::uint64_t added_ = 0;
};

}  // namespace nbcrawl

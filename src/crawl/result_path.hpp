#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "callbacks/callbacks.hpp"
#include "crawl/job_source.hpp"
#include "crawl/result_writer.hpp"
#include "fetch/transfer.hpp"
#include "nbcrawl/options.hpp"

namespace nbcrawl {

/// A job whose last response, or failure, is there. Borrowed from whoever holds it.
struct FinishedJob {
  Job& job;
  const Response& response;
  const Exchange& exchange;
  SaveFile* saved;  ///< of the callback `save`; null: none
};

/// What comes after a response: the job's callbacks, its record, the sinks. It never starts anything; what the run must
/// hold back for its sake is told by writer().
class ResultPath {
 public:
  /// The callbacks are borrowed.
  ResultPath(Callbacks& callbacks, ResultTargets targets, const Options& options);

  /// The head of a job's last response is there: decides what its body is needed for. Errors: output_failed,
  /// out_of_descriptors, callback_failed.
  Result<> plan_body(Transfer& transfer);
  /// A job is done with: runs its callbacks where `outcome` is a response, and writes its record.
  void take(Transfer& transfer, Result<> outcome);
  /// A record of the job list that is no job.
  void take(const BadJob& bad);

  [[nodiscard]] ResultWriter& writer() noexcept { return writer_; }
  [[nodiscard]] const ResultWriter& writer() const noexcept { return writer_; }

 private:
  [[nodiscard]] const std::vector<std::string>& callbacks_of(const Job& job) const noexcept;
  [[nodiscard]] bool is_refused(const Response& response) const noexcept;
  Result<> run_callbacks(const FinishedJob& finished, Emitter& emitter);
  void write(const FinishedJob& finished, const Emitter& emitter, const Result<>& outcome);

  Callbacks& callbacks_;
  std::vector<std::string> default_callbacks_;
  std::string default_names_;          // as records name them
  std::vector<StatusRange> accepted_;  // statuses that are no failure; empty: all
  ResultFiles* files_;
  ResultWriter writer_;
};

}  // namespace nbcrawl

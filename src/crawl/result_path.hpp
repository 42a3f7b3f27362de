#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "callbacks/callbacks.hpp"
#include "crawl/command_pool.hpp"
#include "crawl/job_source.hpp"
#include "crawl/page.hpp"
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

/// What comes after a response: the job's callbacks, its record, the sinks. Most jobs are through when take() returns,
/// out of the transfer's own memory; one with a command among its callbacks leaves the transfer and comes to its end
/// later. The path never starts a job; what the run must hold back for its sake, it asks here.
class ResultPath {
 public:
  /// Loop, log and callbacks are borrowed.
  ResultPath(EventLoop& loop, Log& log, Callbacks& callbacks, ResultTargets targets, const Options& options);

  /// The head of a job's last response is there: decides what its body is needed for. Errors: output_failed,
  /// out_of_descriptors, callback_failed.
  Result<> plan_body(Transfer& transfer);
  /// A job is done with: runs its callbacks where `outcome` is a response, and writes its record.
  void take(Transfer& transfer, Result<> outcome);
  /// A record of the job list that is no job.
  void take(const BadJob& bad);

  /// Goes on with what waits here: in each pass. `transfers_under_way`: some will free their descriptors.
  void advance(bool transfers_under_way);
  /// Ends what is under way here with this error.
  void abort(const Error& error) { commands_.abort(error); }

  /// Jobs that are taken and have no record yet.
  [[nodiscard]] std::size_t under_way() const noexcept { return commands_.running() + commands_.waiting(); }
  /// Whether a job may be started: not while too many pages wait for commands.
  [[nodiscard]] bool takes_more() const noexcept;
  /// Whether so much waits, for a slow reader or a slow command, that no socket should be read.
  [[nodiscard]] bool is_congested() noexcept;

  [[nodiscard]] ResultWriter& writer() noexcept { return writer_; }
  [[nodiscard]] const ResultWriter& writer() const noexcept { return writer_; }

 private:
  [[nodiscard]] const std::vector<std::string>& callbacks_of(const Job& job) const noexcept;
  [[nodiscard]] bool is_refused(const Response& response) const noexcept;
  Result<std::size_t> run_callbacks(const FinishedJob& finished, std::size_t first, Emitter& emitter);
  void run_command(std::unique_ptr<Page> page);
  void on_command_done(std::unique_ptr<Page> page, Result<std::string> output);
  void complete(const FinishedJob& finished, const Emitter& emitter);
  void write(const FinishedJob& finished, const Emitter& emitter, const Result<>& outcome);

  Callbacks& callbacks_;
  std::vector<std::string> default_callbacks_;
  std::string default_names_;          // as records name them
  std::vector<StatusRange> accepted_;  // statuses that are no failure; empty: all
  ResultFiles* files_;
  Limits limits_;
  ResultWriter writer_;
  CommandPool commands_;
};

}  // namespace nbcrawl

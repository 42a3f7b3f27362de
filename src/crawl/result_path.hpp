#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crawl/command_pool.hpp"
#include "crawl/job_source.hpp"
#include "crawl/page_handler.hpp"
#include "crawl/result_writer.hpp"
#include "nbcrawl/options.hpp"

namespace nbcrawl {

/// What comes after a response: the job's callbacks, its record, the sinks. Most jobs are through when take() returns,
/// out of the transfer's own memory; one with a command among its callbacks leaves the transfer and comes to its end
/// later. The path never starts a job; what the run must hold back for its sake, it asks here.
class ResultPath {
 public:
  /// Loop, log and handler are borrowed.
  ResultPath(EventLoop& loop, Log& log, PageHandler& handler, ResultTargets targets, const Options& options);

  /// A job is done with: runs its callbacks where `outcome` is a response, and writes its record.
  void take(Transfer& transfer, Result<> outcome);
  /// The same of a job that has left its transfer, and whose callbacks have run as far as Page::callback says.
  void take(std::unique_ptr<Page> page, Result<> outcome);
  /// A record of the job list that is no job, or a job that can't be fetched.
  void take(const BadJob& bad);

  /// Goes on with what waits here: in each pass.
  void advance(const CommandPool::MakeRoom& make_room);
  /// Somebody stops the run.
  void drain() noexcept { commands_.drain(); }
  /// Ends what is under way here with this error, and what should come to be.
  void abort(const Error& error) {
    aborted_ = error;
    commands_.abort(error);
  }

  /// Jobs that are taken and have no record yet.
  [[nodiscard]] std::size_t under_way() const noexcept { return commands_.running() + commands_.waiting(); }
  /// Whether a job may be started: not while too many pages wait for commands.
  [[nodiscard]] bool takes_more() const noexcept;
  /// Whether so much waits, for a slow reader or a slow command, that no socket should be read.
  [[nodiscard]] bool is_congested() noexcept;

  [[nodiscard]] ResultWriter& writer() noexcept { return writer_; }
  [[nodiscard]] const ResultWriter& writer() const noexcept { return writer_; }

 private:
  void run_command(std::unique_ptr<Page> page);
  void on_command_done(std::unique_ptr<Page> page, Result<std::string> output);
  void go_on(std::unique_ptr<Page> page);
  void complete(const FinishedJob& finished, const Emitter& emitter);
  void write(const FinishedJob& finished, const Emitter& emitter, const Result<>& outcome);

  PageHandler& handler_;
  std::string default_names_;  // of callbacks, as records name them
  ResultFiles* files_;
  Limits limits_;
  ResultWriter writer_;
  CommandPool commands_;
  std::optional<Error> aborted_;
};

}  // namespace nbcrawl

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "crawl/run_journal.hpp"
#include "io/fd_output.hpp"
#include "nbcrawl/limits.hpp"
#include "nbcrawl/sink.hpp"
#include "sinks/ordered_sink.hpp"
#include "sinks/result_files.hpp"

namespace nbcrawl {

/// Where the results of a run go. All of it is borrowed.
struct ResultTargets {
  std::vector<Sink*> sinks;              ///< each gets every record, in this order
  std::vector<FdOutput*> outputs;        ///< what the sinks write to: watched for back-pressure
  const OrderedSink* ordered = nullptr;  ///< where results are held back for order
  ResultFiles* files = nullptr;          ///< where each result has a file of its own too; filled before its record is
                                         ///< made, since it may fail the job
  RunJournal* journal = nullptr;         ///< of a run that can be continued
};

/// The end of every job: passes its record to the sinks, counts it, and tells what the run must hold back because
/// results wait. The first failure is kept, and nothing is written any more.
class ResultWriter {
 public:
  ResultWriter(ResultTargets targets, const Limits& limits);

  /// A result that can't be written counts as failed, whatever its job came to.
  void write(const Record& record);
  /// Commits what is due, and hears of writes that the loop made: before each wait.
  void advance();
  /// Gives the outputs what is gathered.
  void flush();
  /// From here on nothing is written.
  void stop() noexcept { stopped_ = true; }
  /// After the last record, also where nothing is written any more. What waits for a slow reader is told by
  /// pending_bytes().
  void finish();

  /// Of the output that has the most.
  [[nodiscard]] std::size_t pending_bytes() const noexcept;
  /// At the end of a run. Error: output_failed, of the first output that has not taken all it was given.
  [[nodiscard]] Result<> check_taken() const;
  /// Whether so much waits for a slow reader that nothing more should be read: from Limits::max_output_bytes on, until
  /// half of it is written.
  [[nodiscard]] bool is_congested() noexcept;
  /// Where results are held back for order and are too much already: the one job that they wait for. No other may
  /// start.
  [[nodiscard]] std::optional<std::uint64_t> only_due() const noexcept;

  /// Why results can't be written.
  [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
  [[nodiscard]] std::uint64_t succeeded() const noexcept { return succeeded_; }
  [[nodiscard]] std::uint64_t failed() const noexcept { return failed_; }
  /// The lowest exit status that a record stands for; 0: none failed.
  [[nodiscard]] int lowest_status() const noexcept { return lowest_status_; }

 private:
  bool pass_on(const Record& record);
  bool pass_on_once(Record record);
  void count(const Record& record, bool is_written) noexcept;
  void note(Result<> done);

  ResultTargets targets_;
  std::size_t max_output_bytes_;
  std::size_t max_reorder_bytes_;
  bool congested_ = false;
  bool stopped_ = false;
  std::optional<Error> error_;
  std::uint64_t succeeded_ = 0;
  std::uint64_t failed_ = 0;
  int lowest_status_ = 0;
};

}  // namespace nbcrawl

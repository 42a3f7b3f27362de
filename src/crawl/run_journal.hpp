#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "crawl/batched_output.hpp"
#include "crawl/list_watch.hpp"
#include "io/event_loop.hpp"
#include "io/fd_output.hpp"
#include "nbcrawl/record.hpp"
#include "sinks/ordered_sink.hpp"
#include "state/run_state.hpp"

namespace nbcrawl {

/// Keeps the state of a run and its output in step (docs/resumable-runs.md), in few transactions:
///
/// - A file on disk is written first, then the state with the file's length. What a kill leaves behind that length is
/// cut
///   off when the run goes on.
/// - Anything else can't be cut. A batch of results is held, the state marks their jobs perhaps_written, the batch is
///   written, and the next transaction marks them done. What a kill leaves so marked is fetched again, and says so.
///
/// All parts are borrowed. Errors are of kind state_failed, or the output's own.
class RunJournal {
 public:
  RunJournal(RunState& state, ListWatch& list, EventLoop& loop)
      : state_(state), list_(list), loop_(loop), wake_up_(loop.timers(), [] {}) {}

  /// A commit comes so much later than what it adds, or when a batch has so many bytes.
  static constexpr milliseconds commit_interval{100};
  static constexpr std::size_t batch_bytes = 256 * 1024;

  /// Says where results go, if not to files of their own. Returns what sinks must write to.
  Output& attach(FdOutput& output);
  /// Says that results are held back for order.
  void attach(const OrderedSink& ordered) noexcept { ordered_ = &ordered; }

  /// A result is about to be written. The first time what the run has changed of the state is kept, and that a file is
  /// from now on its own: to be cut off where a kill comes before the first commit.
  Result<> begin();
  /// The first job from `index` on that is to be done.
  std::uint64_t next_open(std::uint64_t index);
  /// Whether the job's result may have been written before.
  bool is_perhaps_written(std::uint64_t index);

  /// The record was passed to all sinks.
  void finished(const Record& record);
  /// Commits when it is time to. Error: the first one of all.
  Result<> flush();
  /// The sinks have finished: from now on each flush() commits what it can.
  void hurry();
  /// Commits the last results, which the output must have taken.
  Result<> finish();

  /// What waits for a commit or for a slow reader; not what is held back for order, which has a bound of its own and
  /// waits for more to be read.
  [[nodiscard]] std::size_t pending_bytes() const noexcept;

 private:
  using Marked = std::pair<std::uint64_t, JobMark>;

  [[nodiscard]] bool is_due() const noexcept;
  void set_due();
  Result<> commit();
  Result<> commit_file(const std::vector<Marked>& written);
  /// Where the file ends.
  Result<> add_file(StateChanges& changes) const;
  Result<> commit_batch(BatchedOutput& output, std::vector<Marked> batch);
  /// Takes the jobs out of finished_ whose results the output was given.
  std::vector<Marked> take_written();
  void note(Result<> done);

  RunState& state_;
  ListWatch& list_;
  EventLoop& loop_;
  FdOutput* file_ = nullptr;
  std::optional<BatchedOutput> batch_;  // where the output is no file
  std::uint64_t batched_before_ = 0;    // bytes that earlier runs let go
  const OrderedSink* ordered_ = nullptr;
  std::vector<Marked> finished_;  // not committed
  std::vector<Marked> let_go_;    // committed as perhaps_written, on their way to the output
  std::optional<Error> error_;
  bool begun_ = false;
  bool in_a_hurry_ = false;
  std::optional<TimePoint> due_;  // of the next commit
  Timer wake_up_;                 // so that the loop does not sleep over it
};

}  // namespace nbcrawl

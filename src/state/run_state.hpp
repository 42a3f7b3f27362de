#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "state/job_marks.hpp"

namespace nbcrawl {

/// A setting that makes results what they are: a run goes on only with the same ones.
struct Setting {
  std::string name;  ///< as the command line has it, e.g. "--callback"
  std::string value;
};

/// What a job list was up to a place in it.
struct ListMark {
  std::uint64_t position = 0;  ///< bytes from the beginning
  std::string digest;          ///< SHA-256 of them
  bool lasting = false;        ///< stays; else the next commit that has marks drops it
};

/// What one transaction adds.
struct StateChanges {
  std::span<const std::pair<std::uint64_t, JobMark>> jobs;  ///< by index
  std::span<const ListMark> list;
  std::optional<std::uint64_t> output_bytes;  ///< that the results of all jobs that are done take in the output file
  std::uint64_t output_mark = 0;              ///< of the file there (base/file_mark.hpp)
};

/// The state of a resumable run (--state FILE): which jobs are done and how, what the job list looked like as far as
/// it was read, and how long the output was. An SQLite file that one process has for itself; a process that is killed
/// leaves it as the last commit() that returned left it. Nothing is waited for until the disk has it: what survives a
/// loss of power is an earlier commit. One thread. Blocks for as long as the file system does.
/// Errors are of kind state_failed and name the file.
class RunState {
 public:
  /// Opens the file or creates it. Error: also where another process has it, it is something else, it was written by a
  /// later version of nbcrawl, or it is damaged; it is never replaced.
  static Result<std::unique_ptr<RunState>> open(const std::string& path);
  /// Paths of all files that a state at `path`, which may be a symbolic link, may have.
  static std::vector<std::string> files_at(const std::string& path);

  /// From here to settle() all changes are one transaction: where that call does not come, the state stays as it was.
  Result<> prepare();
  /// Keeps what was changed since prepare(). The second time it does nothing.
  Result<> settle();

  /// A new state takes these settings; one that is there must have the same.
  Result<> agree(std::span<const Setting> settings);

  /// Opens the jobs that failed anew. Where an earlier call's are not all done again yet, these stay the ones.
  Result<> retry_failed();
  /// At the end of a run: where all those jobs are done again, the next retry_failed() starts over.
  Result<> end_retry();
  /// Says that the run has written its cookies to this jar.
  Result<> keep_cookies(const std::string& jar);
  /// Whether the last run that has written any has written them to this one.
  [[nodiscard]] Result<bool> has_kept_cookies(std::string_view jar);

  [[nodiscard]] Result<JobMark> mark(std::uint64_t index) { return marks_.get(index); }
  [[nodiscard]] Result<std::uint64_t> next_open(std::uint64_t index) { return marks_.next_open(index); }
  [[nodiscard]] Result<JobTotals> totals() { return marks_.totals(); }
  /// In the order of their positions.
  [[nodiscard]] Result<std::vector<ListMark>> list_marks();
  /// nullopt: no run has had an output file yet.
  [[nodiscard]] Result<std::optional<std::uint64_t>> output_bytes();
  /// 0: not known.
  [[nodiscard]] Result<std::uint64_t> output_mark();

  /// Adds all of it or, where it fails, nothing.
  Result<> commit(const StateChanges& changes);

  [[nodiscard]] const std::string& path() const noexcept { return database_->path(); }

 private:
  explicit RunState(std::unique_ptr<Database> database) : database_(std::move(database)), marks_(*database_) {}

  Result<> check();
  Result<> create();
  Result<> transact(std::move_only_function<Result<>()> change);
  Result<> put_progress(std::string_view name, std::uint64_t value);
  Result<std::optional<std::uint64_t>> progress(std::string_view name);
  Result<std::optional<std::string>> setting(std::string_view name);
  Result<> put_settings(std::span<const Setting> settings);
  Result<> put_list(std::span<const ListMark> list);

  std::unique_ptr<Database> database_;
  JobMarks marks_;
  bool preparing_ = false;
};

}  // namespace nbcrawl

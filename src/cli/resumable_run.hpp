#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/fetch_settings.hpp"
#include "crawl/list_watch.hpp"
#include "crawl/resumed_source.hpp"
#include "crawl/run_journal.hpp"
#include "nbcrawl/crawler.hpp"
#include "state/run_state.hpp"

namespace nbcrawl {

/// What `nbcrawl fetch --state FILE` has beside other runs.
class ResumableRun {
 public:
  /// Opens the state, which is not changed before the first result is written or the run has come to its end. The loop
  /// is borrowed. Error: state_failed, also where the settings are not those it was begun with.
  static Result<std::unique_ptr<ResumableRun>> open(EventLoop& loop, const FetchSettings& settings);

  [[nodiscard]] ListWatch& list_watch() noexcept { return list_watch_; }
  [[nodiscard]] RunJournal& journal() noexcept { return journal_; }
  /// Whether an earlier run has written the jar of -c.
  [[nodiscard]] bool kept_cookies_before() const noexcept { return kept_cookies_before_; }
  /// What was done before.
  [[nodiscard]] const JobTotals& done_before() const noexcept { return done_before_; }

  /// Opens the file of -o where the state says that it ends; an empty path is standard output. Error: also where the
  /// state knows of no file, and it holds something; where earlier runs wrote to a pipe and this is a file, or the
  /// other way round; where standard output is a file that lacks what earlier runs wrote; where another process has
  /// the file locked.
  Result<std::unique_ptr<FdOutput>> open_output(const std::string& path);
  /// Bytes behind the last result that counts, which open_output() has cut off.
  [[nodiscard]] std::uint64_t cut_off() const noexcept { return cut_off_; }
  /// The jobs of `list` that are not done. The list is borrowed.
  JobSource& source(JobSource& list, ResumedSource::OnDone on_done) {
    return source_.emplace(list, *state_, loop_, std::move(on_done));
  }
  /// The last commit of a run, whose outcome it adds to that of earlier ones.
  void finish(Summary& summary, bool has_kept_cookies);

 private:
  ResumableRun(EventLoop& loop, std::unique_ptr<RunState> state, std::vector<ListMark> list, std::string jar,
               bool kept_cookies_before, JobTotals done_before)
      : loop_(loop),
        state_(std::move(state)),
        list_watch_(std::move(list)),
        journal_(*state_, list_watch_, loop),
        jar_(std::move(jar)),
        kept_cookies_before_(kept_cookies_before),
        done_before_(done_before) {}

  [[nodiscard]] Result<> check_standard_output(std::uint64_t written_before) const;
  [[nodiscard]] Result<> check_kind(const std::string& path, std::uint64_t written_before, bool was_file) const;

  EventLoop& loop_;
  std::unique_ptr<RunState> state_;
  ListWatch list_watch_;
  RunJournal journal_;
  std::optional<ResumedSource> source_;
  std::string jar_;  // of -c; empty: none
  bool kept_cookies_before_;
  std::uint64_t cut_off_ = 0;
  JobTotals done_before_;
};

}  // namespace nbcrawl

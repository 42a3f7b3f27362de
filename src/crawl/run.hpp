#pragma once

#include <memory>
#include <optional>

#include "base/log.hpp"
#include "callbacks/callbacks.hpp"
#include "crawl/cookie_store.hpp"
#include "crawl/fetch_threads.hpp"
#include "crawl/file_names.hpp"
#include "crawl/job_source.hpp"
#include "crawl/next_attempt.hpp"
#include "crawl/result_path.hpp"
#include "crawl/room.hpp"
#include "crawl/statistics.hpp"
#include "nbcrawl/crawler.hpp"
#include "schedule/schedule.hpp"

namespace nbcrawl {

/// What a run works with. All of it is borrowed and must outlive the run.
struct RunParts {
  EventLoop& loop;
  Resolver& resolver;
  JobSource& source;
  Callbacks& callbacks;
  Log& log;
  ResultTargets targets;
  bool skip_invalid = false;            ///< a bad record of the list fails alone and the list goes on
  OwnNames own_names = OwnNames::some;  ///< of the jobs in the source
  StartDial dial = nbcrawl::dial;
};

/// One run, from the first job to the last result. It turns the crank: takes jobs from the source, starts them as the
/// schedule and the limits allow, and hands what is done with to the result path. Where the fetching is done on threads
/// (Options::threads), this and all else that jobs have in common is on the thread of run().
class Run final : public FetchObserver {
 public:
  /// Error: invalid_job (a setting that can't be used).
  static Result<std::unique_ptr<Run>> create(RunParts parts, const Options& options);

  Summary run();

  /// Starts no new job. What is in flight may end by itself within `drain_time`, then it is aborted (interrupted);
  /// called again, it is aborted now. `signal`: the one that asks for it; 0: the program.
  void stop(int signal = 0);
  static constexpr milliseconds drain_time{10'000};

  /// A job that an earlier run has done, which this one continues: its files are no other job's.
  void pass_over(const Job& job);

  [[nodiscard]] Statistics statistics() const noexcept;
  /// Whether run() has written the jar; also where there is none to write.
  [[nodiscard]] bool has_kept_cookies() const noexcept { return has_kept_cookies_; }

  // Where it fetches on its own loop.
  Result<> on_head(Transfer& transfer) override;
  void on_done(Transfer& transfer, Result<> outcome) override;

 private:
  Run(RunParts parts, const Options& options, CookieStore cookies);
  Result<std::unique_ptr<Fetching>> make_fetching(FetchSetup setup);

  [[nodiscard]] bool is_finished() const noexcept;
  /// `preferred_key`: of the schedule's, whose connection may just have become free.
  void start_jobs(std::string_view preferred_key = {});
  bool read_job();
  void take_job(Job&& job);
  void on_bad_job(BadJob bad);
  void refuse(const BadJob& bad);
  void end_source(Error error);
  [[nodiscard]] bool may_start() const noexcept;
  void start(Attempt&& attempt);
  void read_ahead();
  void on_fetched(Result<Fetched> fetched);
  bool goes_on(const Tried& tried, Result<>& outcome);
  void end_attempt(std::string_view key, const Response& response);
  bool wait_for_room(const Tried& tried, Result<>& outcome);
  void send_on(NextAttempt next);
  void give_up(Error error);
  void heed_error_budget();
  [[nodiscard]] bool is_over_error_budget(std::uint64_t more = 0) const noexcept;
  void drain();
  void abort();
  void end_all(const Error& error);
  void regulate();
  void heed_output();
  bool wait();
  void deliver();
  [[nodiscard]] Summary summarise() const;

  RunParts parts_;
  Options options_;
  Room room_;
  Schedule schedule_;
  AttemptPolicy policy_;
  CookieStore cookies_;
  PageHandler pages_;
  FileNames names_;
  ResultPath results_;
  Statistics statistics_;
  bool source_ended_ = false;
  std::optional<Error> source_error_;  // why it ended before its end
  int refused_in_pass_ = 0;            // jobs, each of which costs little but may be one of millions
  bool stopping_ = false;
  bool aborted_ = false;
  bool over_error_budget_ = false;
  bool asked_to_stop_ = false;
  bool has_kept_cookies_ = false;
  int signal_ = 0;              // that asked first; 0: none did
  std::optional<Error> fatal_;  // why what is under way was given up
  Timer schedule_timer_;
  Timer drain_timer_;
  std::unique_ptr<Fetching> fetching_;
};

}  // namespace nbcrawl

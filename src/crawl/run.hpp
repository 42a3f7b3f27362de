#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/log.hpp"
#include "base/output.hpp"
#include "callbacks/callbacks.hpp"
#include "crawl/job_source.hpp"
#include "crawl/next_attempt.hpp"
#include "crawl/statistics.hpp"
#include "fetch/fetcher.hpp"
#include "io/fd_output.hpp"
#include "nbcrawl/crawler.hpp"
#include "nbcrawl/sink.hpp"
#include "schedule/schedule.hpp"
#include "sinks/ordered_sink.hpp"

namespace nbcrawl {

/// What a run works with. All of it is borrowed and must outlive the run.
struct RunParts {
  EventLoop& loop;
  Resolver& resolver;
  JobSource& source;
  Callbacks& callbacks;
  Log& log;
  std::vector<Sink*> sinks;
  std::vector<FdOutput*> outputs;        ///< what the sinks write to: watched for back-pressure
  const OrderedSink* ordered = nullptr;  ///< where results are held back for order
  bool skip_invalid = false;             ///< a bad record of the list fails alone and the list goes on
};

/// One run, from the first job to the last result: takes jobs from the source, starts them as the schedule and the
/// limits allow, runs their callbacks and passes records to the sinks.
class Run final : public FetchObserver {
 public:
  /// Error: invalid_job (a setting that can't be used).
  static Result<std::unique_ptr<Run>> create(RunParts parts, const Options& options);
  ~Run() override;

  Summary run();

  /// Starts no new job. What is in flight may end by itself within `drain_time`, then it is aborted (interrupted);
  /// called again, it is aborted now.
  void stop(int signal);
  static constexpr milliseconds drain_time{10'000};

  [[nodiscard]] Statistics statistics() const noexcept;

  Result<> on_head(Transfer& transfer) override;
  void on_done(Transfer& transfer, Result<> outcome) override;

 private:
  Run(RunParts parts, const Options& options, RequestWriter request_writer);

  [[nodiscard]] bool is_finished() const noexcept;
  void start_jobs();
  bool read_job();
  void on_bad_job(BadJob bad);
  [[nodiscard]] bool may_start() const noexcept;
  std::optional<Attempt> next_attempt();
  bool lower_concurrency(Transfer& transfer, const Result<>& outcome);
  bool go_on(Transfer& transfer, Result<>& outcome);
  Result<> run_callbacks(Transfer& transfer, Emitter& emitter);
  void emit(const Record& record);
  void give_up(Error error);
  void note_status(int status) noexcept;
  void flush();
  [[nodiscard]] std::size_t most_pending() const noexcept;
  void regulate();
  [[nodiscard]] const std::vector<std::string>& callbacks_of(const Job& job) const noexcept;
  [[nodiscard]] Summary summarise() const;

  RunParts parts_;
  Options options_;
  std::size_t concurrency_;        // lowered when descriptors run out
  std::string default_callbacks_;  // as records name them
  Schedule schedule_;
  AttemptPolicy policy_;
  Statistics statistics_;
  bool source_ended_ = false;
  bool stopping_ = false;
  bool aborted_ = false;
  int signal_ = 0;
  std::optional<Error> fatal_;
  int lowest_status_ = 0;
  Timer schedule_timer_;
  Timer drain_timer_;
  Fetcher fetcher_;
};

}  // namespace nbcrawl

#include "crawl/run.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "crawl/bounded_options.hpp"
#include "crawl/checked_jobs.hpp"
#include "crawl/exit_status.hpp"
#include "crawl/fetch_here.hpp"
#include "crawl/job_defaults.hpp"

namespace nbcrawl {

namespace {

/// What a job may lose by waiting for a connection of its host, where another one might have been opened.
constexpr milliseconds patience(100);

/// With who reads the cookies from a pipe, when all else is done.
constexpr milliseconds jar_patience(10'000);

FetchOptions fetch_options(const Options& options, ProxyRules proxies, StartDial dial) {
  return {.connect_timeout = options.connect_timeout,
          .max_time = options.max_time,
          .pace = {.most = options.limit_rate, .least = options.speed_limit, .least_time = options.speed_time},
          // A rate is kept by reading less, and what is read of an HTTP/2 connection belongs to many.
          .http_version = options.limit_rate > 0 ? HttpVersion::http1_1 : options.http_version,
          .deny_private = options.deny_private,
          .proxies = std::move(proxies),
          .limits = options.limits,
          .concurrency = options.concurrency,
          .tls = options.tls,
          .body = options.body ? std::string_view(*options.body) : std::string_view(),
          .dial = std::move(dial)};
}

OwnNames own_names(const RunParts& parts, const Options& options) {
  return std::ranges::any_of(options.callbacks, &Callbacks::names_its_file) ? OwnNames::some : parts.own_names;
}

Error stopped() {
  return {.kind = ErrorKind::interrupted,
          .phase = Phase::response,
          .detail = "the run was stopped before the job was done"};
}

}  // namespace

Result<std::unique_ptr<Run>> Run::create(RunParts parts, const Options& given) {
  const Options options = bounded(given);
  auto request_writer = RequestWriter::create(options.user_agent, options.headers, options.credentials);
  if (!request_writer) return std::unexpected(std::move(request_writer.error()));
  auto proxies =
      ProxyRules::create(options.proxy, options.no_proxy, [](const char* name) { return std::getenv(name); });
  if (!proxies) return std::unexpected(std::move(proxies.error()));
  if (options.limit_rate > 0 && options.http_version == HttpVersion::http2_prior_knowledge) {
    return std::unexpected(Error{.kind = ErrorKind::invalid_job,
                                 .phase = Phase::job,
                                 .detail = "limit-rate needs HTTP/1.1 and can't go with http2-prior-knowledge"});
  }
  if (auto good = check_job_defaults(options); !good) return std::unexpected(std::move(good.error()));
  // Files that the user names are tried before the first job, not at the first https URL.
  if (!options.tls.ca_file.empty() || !options.tls.certificate_file.empty()) {
    if (auto usable = TlsContext::create(options.tls); !usable) return std::unexpected(std::move(usable.error()));
  }
  for (const std::string& spec : options.callbacks) {
    if (auto good = check_callback(parts.callbacks, spec); !good) return std::unexpected(std::move(good.error()));
  }
  auto cookies = CookieStore::open(options.cookies);
  if (!cookies) return std::unexpected(std::move(cookies.error()));
  std::unique_ptr<Run> run(new Run(std::move(parts), options, std::move(*cookies)));
  auto fetching = run->make_fetching({.options = fetch_options(run->options_, std::move(*proxies), run->parts_.dial),
                                      .request_writer = std::move(*request_writer)});
  if (!fetching) return std::unexpected(std::move(fetching.error()));
  run->fetching_ = std::move(*fetching);
  return run;
}

Run::Run(RunParts parts, const Options& options, CookieStore cookies)
    : parts_(std::move(parts)),
      options_(options),
      room_(parts_.loop, options.concurrency),
      schedule_({.per_host = std::max<std::size_t>(options.per_host, 1),
                 // What is fetched out of its turn would only wait where the turns are kept.
                 .in_a_row = parts_.targets.ordered != nullptr ? 0 : SchedulePolicy{}.in_a_row,
                 .patience = patience,
                 .host_gap = options.host_gap,
                 .gap = options.gap}),
      policy_(options),
      cookies_(std::move(cookies)),
      pages_(parts_.callbacks, options),
      names_(pages_, parts_.targets.files, own_names(parts_, options)),
      results_(parts_.loop, parts_.log, pages_, std::move(parts_.targets), options),
      schedule_timer_(parts_.loop.timers(), [this] { start_jobs(); }),
      drain_timer_(parts_.loop.timers(), [this] { abort(); }) {}

Result<std::unique_ptr<Fetching>> Run::make_fetching(FetchSetup setup) {
  if (options_.threads <= 1)
    return std::make_unique<FetchHere>(parts_.loop, parts_.resolver, *this, std::move(setup), parts_.log);
  return FetchThreads::create(parts_.loop, options_, setup, parts_.callbacks, parts_.log,
                              [this](Result<Fetched> fetched) { on_fetched(std::move(fetched)); });
}

Summary Run::run() {
  statistics_.started_at = Clock::now();
  while (true) {
    refused_in_pass_ = 0;
    results_.advance([this] { return room_.make(*fetching_); });
    heed_error_budget();
    regulate();
    schedule_.lose_patience(parts_.loop.now());
    start_jobs();
    heed_output();
    if (is_finished()) break;
    wait();
  }
  // Where the run was stopped: jobs that were tried, and will not be again, have records like all that were started.
  for (Attempt& attempt : schedule_.end()) {
    statistics_.connections += attempt.progress->exchange.num_connects;
    results_.take(Page::of(std::move(attempt)), std::unexpected(stopped()));
  }
  deliver();
  const auto kept = cookies_.save(aborted_ ? Duration::zero() : jar_patience);
  has_kept_cookies_ = kept.has_value();
  if (!kept) give_up(kept.error());
  return summarise();
}

/// Waits for a slow reader, unless it is to end at once: what was begun is written whole, whatever ended the run.
void Run::deliver() {
  ResultWriter& writer = results_.writer();
  writer.finish();
  writer.flush();
  heed_output();
  while (!aborted_ && !writer.error() && writer.pending_bytes() > 0 && wait()) heed_output();
  if (auto taken = writer.check_taken(); !taken) give_up(std::move(taken.error()));
}

void Run::heed_output() {
  results_.writer().advance();
  if (const auto& error = results_.writer().error()) give_up(*error);
}

bool Run::wait() {
  auto waited = parts_.loop.run_once();
  if (!waited) give_up(std::move(waited.error()));
  return waited.has_value();
}

bool Run::is_finished() const noexcept {
  if (fetching_->active() > 0 || results_.under_way() > 0) return false;
  if (fatal_ || stopping_) return true;
  return source_ended_ && schedule_.waiting() == 0;
}

bool Run::may_start() const noexcept {
  return !stopping_ && !fatal_ && !results_.writer().error() && results_.takes_more() && !fetching_->paused() &&
         fetching_->active() < room_.transfers();
}

void Run::start_jobs(std::string_view preferred_key) {
  while (may_start()) {
    // The one job that all results wait for was read before them, and to read more would be in vain.
    const auto only = results_.writer().only_due();
    const TimePoint now = parts_.loop.now();
    if (auto attempt = only ? schedule_.next_if(*only, now) : schedule_.next(now, preferred_key)) {
      start(std::move(*attempt));
    } else if (only || !read_job()) {
      break;
    }
  }
  read_ahead();
  if (!may_start()) return;  // whoever ends first asks again; a timer would only keep the loop awake
  const auto only = results_.writer().only_due();
  if (const auto when = only ? schedule_.wakeup_if(*only) : schedule_.wakeup()) schedule_timer_.arm(*when);
}

void Run::start(Attempt&& attempt) {
  if (apply_job_defaults(attempt.job, options_)) attempt.sends_run_body = true;
  attempt.cookies = cookies_.cookies_for(attempt.url());
  room_.on_begin(fetching_->active());
  fetching_->start(std::move(attempt));
}

/// Has enough waiting that a connection which becomes free finds more work for its host: to open another one costs
/// as much as several requests. A little at a time, so that the first requests do not wait for it.
void Run::read_ahead() {
  constexpr int jobs_at_once = 64;
  for (int i = 0; i < jobs_at_once; ++i) {
    if (stopping_ || fatal_ || source_ended_ || schedule_.waiting() >= schedule_.worth_waiting() || !read_job()) return;
  }
}

bool Run::read_job() {
  // Transfers under way, and a signal, are not to wait for the end of a list of which nothing is fetched.
  constexpr int most_refused_in_pass = 1000;
  if (refused_in_pass_ >= most_refused_in_pass) {
    parts_.loop.pass_again();
    return false;
  }
  if (source_error_ || schedule_.waiting() >= options_.limits.max_waiting_jobs ||
      schedule_.waiting_bytes() >= options_.limits.max_waiting_job_bytes)
    return false;
  auto step = parts_.source.next();
  source_ended_ = std::holds_alternative<NoMoreJobs>(step);  // until a callback adds one
  if (Job* job = std::get_if<Job>(&step)) {
    take_job(std::move(*job));
    return true;
  }
  if (BadJob* bad = std::get_if<BadJob>(&step)) {
    on_bad_job(std::move(*bad));
    return true;
  }
  if (SourceFailed* failed = std::get_if<SourceFailed>(&step)) {
    end_source(std::move(failed->error));
    return false;
  }
  return false;
}

void Run::take_job(Job&& job) {
  auto claimed = names_.claim(job);
  if (claimed) return schedule_.add({.job = std::move(job), .since = parts_.loop.now()});
  apply_job_defaults(job, options_);
  const std::uint64_t index = job.index;
  refuse({.index = index, .error = std::move(claimed.error()), .job = std::move(job)});
}

void Run::pass_over(const Job& job) {
  // Its record has told.
  if (const auto claimed = names_.claim(job); !claimed) parts_.log.debug(claimed.error().detail);
}

void Run::on_bad_job(BadJob bad) {
  if (!parts_.skip_invalid) return end_source(std::move(bad.error));
  refuse(bad);
  if (bad.final) end_source(std::move(bad.error));
}

/// Writes the record of a job that is not fetched.
void Run::refuse(const BadJob& bad) {
  ++refused_in_pass_;
  results_.take(bad);
  heed_error_budget();
  regulate();
}

/// What the source has given is still done.
void Run::end_source(Error error) {
  source_ended_ = true;
  source_error_ = std::move(error);
}

Result<> Run::on_head(Transfer& transfer) { return pages_.plan_body(transfer, policy_.will_go_on(Tried(transfer))); }

void Run::on_done(Transfer& transfer, Result<> outcome) {
  if (goes_on(Tried(transfer), outcome)) return;
  results_.take(transfer, std::move(outcome));
  heed_error_budget();
  regulate();
}

/// The same, of a thread.
void Run::on_fetched(Result<Fetched> fetched) {
  if (!fetched) return give_up(std::move(fetched.error()));
  if (goes_on(Tried(*fetched->page), fetched->outcome)) return;
  results_.take(std::move(fetched->page), std::move(fetched->outcome));
  heed_error_budget();
  regulate();
}

/// Whether the job has another request to come. If it has none, what comes next is its result.
bool Run::goes_on(const Tried& tried, Result<>& outcome) {
  const std::string_view key = Schedule::key_of(tried.attempt);
  end_attempt(key, tried.response);
  if (wait_for_room(tried, outcome)) return true;
  if (stopping_ || fatal_) {
    // What came is not the job's result, and its body was read past: the job is not done.
    if (!policy_.is_final(tried, outcome)) outcome = std::unexpected(stopped());
  } else {
    if (auto next = policy_.after(tried, outcome)) {
      send_on(std::move(*next));
      return true;
    }
  }
  // First the next request, so that its server works while we do. Unless this failure would be the one too many.
  if (!is_over_error_budget(1)) start_jobs(key);
  statistics_.connections += tried.exchange.num_connects;
  return false;
}

/// What every request leaves behind, whether it was its job's last or not.
void Run::end_attempt(std::string_view key, const Response& response) {
  if (response.version_major >= 2) schedule_.share_connection(key);
  const TimePoint now = parts_.loop.now();
  schedule_.release(key, now);
  if (const Duration hold = policy_.host_hold(response); hold > Duration::zero()) {
    schedule_.hold(key, now + hold);
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(hold).count();
    parts_.log.info(std::string(key) + ": left alone for " + std::to_string(seconds) + " s (Retry-After)");
  }
  // A head that was cut short, or is none, is no answer, whatever fields it began with.
  if (response.status != 0) cookies_.receive(response.url, response.fields);
  statistics_.body_bytes += response.body_bytes;
}

/// Room that is not to be had is no fault of the job: it waits until one of the others is done. In a run that is being
/// stopped it is cut short like others that can't end in time.
bool Run::wait_for_room(const Tried& tried, Result<>& outcome) {
  Attempt& attempt = tried.attempt;
  if (outcome || !is_shortage(outcome.error(), schedule_.under_way(Schedule::key_of(attempt)))) {
    room_.on_done();
    return false;
  }
  const bool was_sent = tried.response.status != 0;  // it was for the file of its body that none was left
  if (was_sent && !is_idempotent(attempt.method())) return false;
  if (stopping_ || fatal_) {
    outcome = std::unexpected(stopped());
    return false;
  }
  if (!room_.may_come(outcome.error(), *fetching_)) return false;
  parts_.log.warning(outcome.error().detail + "; going on with " + std::to_string(room_.transfers()) +
                     " transfers at once");
  if (attempt.progress) attempt.progress->exchange = tried.exchange;  // the transfer had it
  schedule_.add(std::move(attempt));
  return true;
}

/// Sends the job on where this was not its last request.
void Run::send_on(NextAttempt next) {
  const TimePoint now = parts_.loop.now();
  if (next.wait > Duration::zero()) {
    schedule_.add_at(std::move(next.attempt), now + next.wait);
  } else {
    schedule_.add(std::move(next.attempt));
  }
  start_jobs();
}

void Run::give_up(Error error) {
  if (fatal_) return;
  fatal_ = std::move(error);
  results_.writer().stop();
  // From the loop: whoever found the error may be in the middle of a transfer.
  parts_.loop.post(
      [this] { end_all({.kind = ErrorKind::interrupted, .phase = Phase::output, .detail = "the run was given up"}); });
}

void Run::regulate() {
  if (results_.is_congested()) {
    fetching_->pause();
  } else {
    fetching_->resume();
  }
}

void Run::stop(int signal) {
  if (std::exchange(asked_to_stop_, true)) return abort();
  signal_ = signal;
  results_.drain();
  drain();
}

void Run::drain() {
  if (stopping_) return;
  stopping_ = true;
  drain_timer_.arm(parts_.loop.now() + drain_time);
}

void Run::abort() {
  aborted_ = true;
  end_all(stopped());
}

void Run::end_all(const Error& error) {
  fetching_->resume();
  fetching_->abort_all(error);
  results_.abort(error);
}

void Run::heed_error_budget() {
  if (stopping_) return;
  over_error_budget_ = is_over_error_budget();
  if (over_error_budget_) drain();
}

/// Whether more jobs failed than may, or would if so many more did.
bool Run::is_over_error_budget(std::uint64_t more) const noexcept {
  if (!options_.max_errors) return false;
  const ErrorBudget& budget = *options_.max_errors;
  const std::uint64_t failed = results_.writer().failed() + more;
  const std::uint64_t done = failed + results_.writer().succeeded();
  // A share of few jobs says nothing.
  constexpr std::uint64_t judged_from = 20;
  return budget.is_percent ? done >= judged_from && failed * 100 > budget.most * done : failed > budget.most;
}

Statistics Run::statistics() const noexcept {
  Statistics now = statistics_;
  now.succeeded = results_.writer().succeeded();
  now.failed = results_.writer().failed();
  now.active = fetching_->active() + results_.under_way();
  now.waiting = schedule_.waiting();
  return now;
}

Summary Run::summarise() const {
  const ResultWriter& results = results_.writer();
  Summary summary{.succeeded = results.succeeded(),
                  .failed = results.failed(),
                  .body_bytes = statistics_.body_bytes,
                  .connections = statistics_.connections,
                  .elapsed = std::chrono::duration_cast<microseconds>(Clock::now() - statistics_.started_at),
                  .stopped_by_signal = signal_,
                  .stopped_by_program = asked_to_stop_ && signal_ == 0,
                  .stopped_by_errors = over_error_budget_,
                  .error = fatal_ ? fatal_ : source_error_};
  const int error_status = summary.error ? exit_status_of(summary.error->kind) : exit_status::success;
  summary.exit_status = lower_status(results.lowest_status(), error_status);
  // Its failures have statuses of their own, all of them lower.
  if (over_error_budget_ && !fatal_) summary.exit_status = exit_status::stopped_early;
  if (asked_to_stop_ && summary.exit_status == 0)
    summary.exit_status = signal_ != 0 ? exit_status::signal_base + signal_ : exit_status::stopped_early;
  return summary;
}

}  // namespace nbcrawl

#include "crawl/run.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <utility>

#include "crawl/exit_status.hpp"

namespace nbcrawl {

namespace {

/// The file of the callback `save`, as the transfer sees it.
class SaveWriter final : public BodyWriter {
 public:
  explicit SaveWriter(SaveFile opened) : file(std::move(opened)) {}
  Result<> write(std::string_view data) override { return file.write(data); }
  SaveFile file;
};

FetchOptions fetch_options(const Options& options) {
  return {.user_agent = options.user_agent,
          .headers = options.headers,
          .connect_timeout = options.connect_timeout,
          .max_time = options.max_time,
          .deny_private = options.deny_private,
          .limits = options.limits,
          .tls = options.tls};
}

Result<> call(Callback& callback, const Response& response, Emitter& emitter) {
  std::string cause;
  try {
    callback(response, emitter);
    return {};
  } catch (const std::exception& thrown) {
    cause = std::string("the callback threw: ") + thrown.what();
  } catch (...) {
    cause = "the callback threw something that is no std::exception";
  }
  return std::unexpected(
      Error{.kind = ErrorKind::callback_failed, .phase = Phase::callback, .detail = std::move(cause)});
}

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text.append(text.empty() ? "" : ",").append(part);
  return text;
}

}  // namespace

Result<std::unique_ptr<Run>> Run::create(RunParts parts, const Options& options) {
  auto request_writer = RequestWriter::create(options.user_agent, options.headers);
  if (!request_writer) return std::unexpected(std::move(request_writer.error()));
  // Files that the user names are tried before the first job, not at the first https URL.
  if (!options.tls.ca_file.empty() || !options.tls.certificate_file.empty()) {
    if (auto usable = TlsContext::create(options.tls); !usable) return std::unexpected(std::move(usable.error()));
  }
  for (const std::string& spec : options.callbacks) {
    if (auto good = parts.callbacks.check(spec); !good) return std::unexpected(std::move(good.error()));
  }
  return std::unique_ptr<Run>(new Run(std::move(parts), options, std::move(*request_writer)));
}

Run::Run(RunParts parts, const Options& options, RequestWriter request_writer)
    : parts_(std::move(parts)),
      options_(options),
      concurrency_(std::max<std::size_t>(options.concurrency, 1)),
      default_callbacks_(join(options.callbacks)),
      schedule_(
          {.per_host = std::max<std::size_t>(options.per_host, 1), .host_gap = options.host_gap, .gap = options.gap}),
      policy_(options),
      schedule_timer_(parts_.loop.timers(), [this] { start_jobs(); }),
      drain_timer_(parts_.loop.timers(), [this] { stop(signal_); }),
      fetcher_(parts_.loop, parts_.resolver, *this, fetch_options(options), std::move(request_writer), parts_.log) {
  for (FdOutput* output : parts_.outputs)
    output->on_drained(options_.limits.max_output_bytes / 2, [this] { regulate(); });
}

Run::~Run() {
  for (FdOutput* output : parts_.outputs) output->on_drained(0, {});
}

Summary Run::run() {
  statistics_.started_at = Clock::now();
  while (!is_finished()) {
    start_jobs();
    flush();
    regulate();
    if (is_finished()) break;
    if (auto waited = parts_.loop.run_once(); !waited) give_up(std::move(waited.error()));
  }
  for (Sink* sink : parts_.sinks) {
    if (fatal_) break;
    if (auto ended = sink->finish(); !ended) give_up(std::move(ended.error()));
  }
  flush();
  while (!fatal_ && !aborted_ && most_pending() > 0) {
    if (auto waited = parts_.loop.run_once(); !waited) give_up(std::move(waited.error()));
    flush();
  }
  return summarise();
}

void Run::flush() {
  for (FdOutput* output : parts_.outputs) {
    if (auto flushed = output->flush(); !flushed) give_up(std::move(flushed.error()));
  }
}

std::size_t Run::most_pending() const noexcept {
  std::size_t most = 0;
  for (const FdOutput* output : parts_.outputs) most = std::max(most, output->pending_bytes());
  return most;
}

bool Run::is_finished() const noexcept {
  if (fetcher_.active() > 0) return false;
  if (fatal_ || stopping_) return true;
  return source_ended_ && schedule_.waiting() == 0;
}

bool Run::may_start() const noexcept {
  return !stopping_ && !fatal_ && !fetcher_.paused() && fetcher_.active() < concurrency_;
}

std::optional<Attempt> Run::next_attempt() {
  // Where results are held back for order and are too much already, only the one they wait for is let through.
  if (parts_.ordered != nullptr && parts_.ordered->held_bytes() > options_.limits.max_reorder_bytes) {
    return schedule_.next_if(parts_.ordered->next_due(), parts_.loop.now());
  }
  return schedule_.next(parts_.loop.now());
}

void Run::start_jobs() {
  while (may_start()) {
    if (auto attempt = next_attempt()) {
      fetcher_.start(std::move(*attempt));
    } else if (!read_job()) {
      break;
    }
  }
  if (const auto when = schedule_.wakeup()) schedule_timer_.arm(*when);
}

bool Run::read_job() {
  if (schedule_.waiting() >= options_.limits.max_waiting_jobs) return false;
  auto step = parts_.source.next();
  if (Job* job = std::get_if<Job>(&step)) {
    schedule_.add({.job = std::move(*job), .since = parts_.loop.now()});
    return true;
  }
  if (BadJob* bad = std::get_if<BadJob>(&step)) {
    on_bad_job(std::move(*bad));
    return true;
  }
  source_ended_ = std::holds_alternative<NoMoreJobs>(step);
  return false;
}

void Run::on_bad_job(BadJob bad) {
  if (!parts_.skip_invalid) return give_up(std::move(bad.error));
  emit({.index = bad.index, .error = &bad.error});
  regulate();
  if (bad.final) give_up(std::move(bad.error));
}

const std::vector<std::string>& Run::callbacks_of(const Job& job) const noexcept {
  return job.callbacks.empty() ? options_.callbacks : job.callbacks;
}

Result<> Run::on_head(Transfer& transfer) {
  const Job& job = transfer.job();
  BodyPlan& plan = transfer.body_plan();
  if (policy_.will_go_on(transfer) || (options_.fail_on_status && transfer.response().status >= 400)) {
    plan.in_memory = false;
    plan.is_of_use = false;
    return {};
  }
  if (job.callback) return {};
  const BodyNeed need = parts_.callbacks.need(callbacks_of(job));
  plan.in_memory = need.in_memory;
  if (!need.save_template) return {};
  auto file = parts_.callbacks.open_save(*need.save_template, job);
  if (!file) {
    Error& error = file.error();
    if (error.sys_errno == EMFILE || error.sys_errno == ENFILE) error.kind = ErrorKind::out_of_descriptors;
    return std::unexpected(std::move(error));
  }
  plan.writer = std::make_unique<SaveWriter>(std::move(*file));
  return {};
}

void Run::on_done(Transfer& transfer, Result<> outcome) {
  schedule_.release(Schedule::key_of(transfer.attempt()));
  if (lower_concurrency(transfer, outcome) || go_on(transfer, outcome)) return;
  // First the next request, so that its server works while we do.
  start_jobs();

  Emitter emitter;
  if (outcome) outcome = run_callbacks(transfer, emitter);
  statistics_.body_bytes += transfer.response().body_bytes;
  statistics_.connections += transfer.exchange().num_connects;
  const std::vector<std::string>& named = transfer.job().callbacks;
  const std::string joined = named.size() > 1 ? join(named) : std::string();
  emit({.job = &transfer.job(),
        .index = transfer.job().index,
        .response = transfer.response().status != 0 ? &transfer.response() : nullptr,
        .error = outcome ? nullptr : &outcome.error(),
        .exchange = &transfer.exchange(),
        .body = outcome ? emitter.result() : std::string_view{},
        .body_file = emitter.body_file(),
        .charset = emitter.charset(),
        .charset_source = emitter.charset_source(),
        .callback = transfer.job().callback ? ""
                    : named.empty()         ? default_callbacks_
                    : named.size() == 1     ? named.front()
                                            : joined});
  regulate();
}

/// A descriptor that is not to be had is no fault of the job: it waits until one of the others is done.
bool Run::lower_concurrency(Transfer& transfer, const Result<>& outcome) {
  if (outcome || outcome.error().kind != ErrorKind::out_of_descriptors || fetcher_.active() == 0 || stopping_)
    return false;
  const bool was_sent = transfer.response().status != 0;  // it was for the file of its body that none was left
  if (was_sent && !is_idempotent(transfer.request().method())) return false;
  concurrency_ = fetcher_.active();
  parts_.log.warning("out of descriptors: going on with " + std::to_string(concurrency_) + " transfers at once");
  schedule_.add(std::move(transfer.attempt()));
  return true;
}

/// Sends the job on where this was not its last request.
bool Run::go_on(Transfer& transfer, Result<>& outcome) {
  if (stopping_ || fatal_) return false;
  const std::string key(Schedule::key_of(transfer.attempt()));
  auto next = policy_.after(transfer, outcome);
  if (!next) return false;
  statistics_.body_bytes += transfer.response().body_bytes;
  const TimePoint now = parts_.loop.now();
  if (next->hold_host > Duration::zero()) schedule_.hold(key, now + next->hold_host);
  if (next->wait > Duration::zero()) {
    schedule_.add_at(std::move(next->attempt), now + next->wait);
  } else {
    schedule_.add(std::move(next->attempt));
  }
  start_jobs();
  return true;
}

Result<> Run::run_callbacks(Transfer& transfer, Emitter& emitter) {
  Response& response = transfer.response();
  if (options_.fail_on_status && response.status >= 400) {
    return std::unexpected(
        Error{.kind = ErrorKind::http_status,
              .phase = Phase::response,
              .detail = std::string(response.url.authority()) + " answered " + std::to_string(response.status)});
  }
  Result<> done;
  if (Callback& callback = transfer.job().callback) {
    done = call(callback, response, emitter);
  } else {
    auto* const saved = static_cast<SaveWriter*>(transfer.body_plan().writer.get());
    done = parts_.callbacks.run(callbacks_of(transfer.job()), response, saved != nullptr ? &saved->file : nullptr,
                                emitter);
  }
  if (done && emitter.failed()) {
    return std::unexpected(
        Error{.kind = ErrorKind::callback_failed, .phase = Phase::callback, .detail = emitter.failure()});
  }
  return done;
}

void Run::emit(const Record& record) {
  if (record.ok()) {
    ++statistics_.succeeded;
  } else {
    ++statistics_.failed;
    // What a signal cut short is told by the signal's own status.
    if (record.error->kind != ErrorKind::interrupted) note_status(exit_status_of(record.error->kind));
  }
  if (fatal_) return;
  for (Sink* sink : parts_.sinks) {
    if (auto written = sink->write(record); !written) return give_up(std::move(written.error()));
  }
}

void Run::note_status(int status) noexcept {
  lowest_status_ = lowest_status_ == 0 ? status : std::min(lowest_status_, status);
}

void Run::give_up(Error error) {
  if (fatal_) return;
  note_status(exit_status_of(error.kind));
  fatal_ = std::move(error);
  // From the loop: whoever found the error may be in the middle of a transfer.
  parts_.loop.post([this] {
    fetcher_.resume();
    fetcher_.abort_all({.kind = ErrorKind::interrupted, .phase = Phase::output, .detail = "the run was given up"});
  });
}

void Run::regulate() {
  const std::size_t pending = most_pending();
  if (pending > options_.limits.max_output_bytes) {
    fetcher_.pause();
  } else if (fetcher_.paused() && pending <= options_.limits.max_output_bytes / 2) {
    fetcher_.resume();
  }
}

void Run::stop(int signal) {
  if (stopping_) {
    aborted_ = true;
    fetcher_.resume();
    fetcher_.abort_all({.kind = ErrorKind::interrupted,
                        .phase = Phase::response,
                        .detail = "the run was stopped before the response was complete"});
    return;
  }
  stopping_ = true;
  signal_ = signal;
  drain_timer_.arm(parts_.loop.now() + drain_time);
}

Statistics Run::statistics() const noexcept {
  Statistics now = statistics_;
  now.active = fetcher_.active();
  now.waiting = schedule_.waiting();
  return now;
}

Summary Run::summarise() const {
  Summary summary{.succeeded = statistics_.succeeded,
                  .failed = statistics_.failed,
                  .body_bytes = statistics_.body_bytes,
                  .connections = statistics_.connections,
                  .elapsed = std::chrono::duration_cast<microseconds>(Clock::now() - statistics_.started_at),
                  .stopped_by_signal = signal_,
                  .error = fatal_};
  summary.exit_status = lowest_status_;
  if (signal_ != 0 && summary.exit_status == 0) summary.exit_status = exit_status::signal_base + signal_;
  return summary;
}

}  // namespace nbcrawl

#include "crawl/fetch_threads.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "schedule/schedule.hpp"

namespace nbcrawl {

namespace {

/// Of 0 there is none, else one at least.
std::size_t share(std::size_t whole, std::size_t parts) noexcept {
  return whole == 0 ? 0 : std::max<std::size_t>(whole / parts, 1);
}

}  // namespace

Result<std::unique_ptr<FetchThreads>> FetchThreads::create(EventLoop& loop, const Options& options,
                                                           const FetchSetup& setup, const Callbacks& callbacks,
                                                           Log& log, OnFetched on_fetched) {
  auto reports = Mailbox::create(loop);
  if (!reports) return std::unexpected(std::move(reports.error()));
  std::unique_ptr<FetchThreads> self(new FetchThreads(std::move(*reports), std::move(on_fetched)));
  // What is kept is bounded for all of them together.
  Options own_options = options;
  FetchSetup own_setup = setup;
  own_options.limits.max_cached_names = share(options.limits.max_cached_names, options.threads);
  own_setup.options.limits.max_body_memory_bytes = share(options.limits.max_body_memory_bytes, options.threads);
  own_setup.options.concurrency = share(options.concurrency, options.threads);
  // A connection is idle from the end of one request to the start of the next, which the run has to hear of first.
  own_setup.options.limits.max_idle_connections =
      share(options.limits.max_idle_connections + options.concurrency, options.threads);
  for (std::size_t i = 0; i < options.threads; ++i) {
    const auto report = [self = self.get(), i](Result<Fetched> fetched) {
      self->reports_->post(
          [self, i, fetched = std::move(fetched)]() mutable { self->on_report(i, std::move(fetched)); });
    };
    auto thread = FetchThread::create(own_options, own_setup, callbacks, log, report);
    if (!thread) return std::unexpected(std::move(thread.error()));
    self->workers_.push_back({.thread = std::move(*thread)});
  }
  return self;
}

void FetchThreads::start(Attempt&& attempt) {
  const std::size_t hash = std::hash<std::string_view>()(Schedule::key_of(attempt));
  Worker& worker = workers_[hash % workers_.size()];
  ++active_;
  ++worker.active;
  worker.thread->start(std::move(attempt));
}

void FetchThreads::pause() {
  if (std::exchange(paused_, true)) return;
  for (Worker& worker : workers_) worker.thread->pause();
}

void FetchThreads::resume() {
  if (!std::exchange(paused_, false)) return;
  for (Worker& worker : workers_) worker.thread->resume();
}

/// What a thread is asked counts as active with it until it has answered, so that nobody tries in vain meanwhile.
bool FetchThreads::discard_idle() {
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    ++active_;
    ++workers_[i].active;
    workers_[i].thread->discard_idle([this, i] { reports_->post([this, i] { on_end(i, 1); }); });
  }
  return true;
}

void FetchThreads::abort_all(const Error& error) {
  for (Worker& worker : workers_) worker.thread->abort_all(error);
}

void FetchThreads::on_report(std::size_t worker, Result<Fetched> fetched) {
  on_end(worker, fetched ? 1 : workers_[worker].active);
  on_fetched_(std::move(fetched));
}

void FetchThreads::on_end(std::size_t worker, std::size_t count) noexcept {
  workers_[worker].active -= count;
  active_ -= count;
}

}  // namespace nbcrawl

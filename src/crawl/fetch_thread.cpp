#include "crawl/fetch_thread.hpp"

#include <algorithm>
#include <new>
#include <system_error>
#include <utility>

#include "crawl/resolver_options.hpp"
#include "io/multiplexer_choice.hpp"
#include "io/signals_blocked.hpp"

namespace nbcrawl {

Result<std::unique_ptr<FetchThread>> FetchThread::create(const Options& options, FetchSetup setup,
                                                         const Callbacks& callbacks, Log& log, Report report) {
  auto loop = EventLoop::create(multiplexer_kind(options.multiplexer));
  if (!loop) return std::unexpected(std::move(loop.error()));
  auto resolver_options = make_resolver_options(options);
  if (!resolver_options) return std::unexpected(std::move(resolver_options.error()));
  auto resolver = Resolver::create(**loop, std::move(*resolver_options));
  if (!resolver) return std::unexpected(std::move(resolver.error()));
  auto inbox = Mailbox::create(**loop);
  if (!inbox) return std::unexpected(std::move(inbox.error()));
  std::unique_ptr<FetchThread> self(new FetchThread(std::move(*loop), std::move(*resolver), std::move(*inbox), options,
                                                    std::move(setup), callbacks, log, std::move(report)));
  if (auto running = self->run_thread(); !running) return std::unexpected(std::move(running.error()));
  return self;
}

FetchThread::FetchThread(std::unique_ptr<EventLoop> loop, std::unique_ptr<Resolver> resolver,
                         std::unique_ptr<Mailbox> inbox, const Options& options, FetchSetup setup,
                         const Callbacks& callbacks, Log& log, Report report)
    : loop_(std::move(loop)),
      resolver_(std::move(resolver)),
      inbox_(std::move(inbox)),
      callbacks_(callbacks.another()),
      pages_(callbacks_, options),
      policy_(options),
      report_(std::move(report)),
      fetcher_(*loop_, *resolver_, *this, std::move(setup.options), std::move(setup.request_writer), log) {}

FetchThread::~FetchThread() {
  if (!thread_.joinable()) return;
  inbox_->post([this] { stopping_ = true; });
  thread_.join();
}

Result<> FetchThread::run_thread() {
  const SignalsBlocked blocked;
  try {
    thread_ = std::thread([this] { work(); });
  } catch (const std::system_error& refused) {
    return std::unexpected(Error{.kind = ErrorKind::system_failed,
                                 .phase = Phase::job,
                                 .sys_errno = refused.code().value(),
                                 .detail = "can't start a thread: " + refused.code().message()});
  }
  return {};
}

void FetchThread::work() {
  try {
    while (!stopping_) {
      if (auto waited = loop_->run_once(); !waited) return report_(std::unexpected(std::move(waited.error())));
    }
  } catch (const std::bad_alloc&) {
    // To say so takes some memory, too; where there is none for that the program ends.
    report_(std::unexpected(
        Error{.kind = ErrorKind::system_failed, .phase = Phase::job, .detail = "a thread is out of memory"}));
  }
}

void FetchThread::start(Attempt&& attempt) {
  inbox_->post([this, attempt = std::move(attempt)]() mutable {
    attempt.since = std::min(attempt.since, loop_->now());  // another loop's clock may be a pass ahead
    fetcher_.start(std::move(attempt));
  });
}

void FetchThread::pause() {
  inbox_->post([this] { fetcher_.pause(); });
}

void FetchThread::resume() {
  inbox_->post([this] { fetcher_.resume(); });
}

void FetchThread::abort_all(Error error) {
  inbox_->post([this, error = std::move(error)] { fetcher_.abort_all(error); });
}

void FetchThread::discard_idle(std::move_only_function<void()> done) {
  inbox_->post([this, done = std::move(done)]() mutable {
    fetcher_.discard_idle();
    done();
  });
}

Result<> FetchThread::on_head(Transfer& transfer) {
  return pages_.plan_body(transfer, policy_.will_go_on(Tried(transfer)));
}

void FetchThread::on_done(Transfer& transfer, Result<> outcome) {
  const bool goes_on = outcome && policy_.will_go_on(Tried(transfer));
  auto page = Page::take(transfer);
  if (outcome && !goes_on) outcome = run_callbacks(*page);
  report_(Fetched{.page = std::move(page), .outcome = std::move(outcome)});
}

Result<> FetchThread::run_callbacks(Page& page) {
  if (page.attempt.job.callback) return {};  // a program's own is called where the program has called us
  const auto reached = pages_.run_callbacks(PageHandler::finished(page), 0, page.emitter);
  if (!reached) return std::unexpected(reached.error());
  page.callback = *reached;
  return {};
}

}  // namespace nbcrawl

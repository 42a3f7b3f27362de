#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "callbacks/callbacks.hpp"
#include "crawl/fetch_setup.hpp"
#include "crawl/next_attempt.hpp"
#include "crawl/page_handler.hpp"
#include "fetch/fetcher.hpp"
#include "io/mailbox.hpp"

namespace nbcrawl {

/// An attempt that a thread is done with.
struct Fetched {
  /// The response as far as it came, and what callbacks have made of it: nothing, where another request follows.
  std::unique_ptr<Page> page;
  Result<> outcome;
};

/// One thread that fetches. It has everything of its own: loop, resolver, connections, TLS contexts, callbacks. What it
/// is told comes through its mailbox, what it has to say goes to `report`; it knows nothing of schedule, limits or
/// results.
class FetchThread final : public FetchObserver {
 public:
  /// Called on the new thread, with an attempt that is done, or with an error where the thread can't go on.
  using Report = std::move_only_function<void(Result<Fetched>)>;

  /// Starts it. The thread gets no signal. The log is borrowed; of the callbacks it makes a set of its own. Errors:
  /// those of its parts, system_failed.
  static Result<std::unique_ptr<FetchThread>> create(const Options& options, FetchSetup setup,
                                                     const Callbacks& callbacks, Log& log, Report report);
  /// Ends it, whatever is under way, and waits for that.
  ~FetchThread() override;
  FetchThread(const FetchThread&) = delete;
  FetchThread& operator=(const FetchThread&) = delete;

  // From outside.
  void start(Attempt&& attempt);
  void pause();
  void resume();
  void abort_all(Error error);
  /// Closes what is idle, and calls `done` on the new thread.
  void discard_idle(std::move_only_function<void()> done);

  // From its fetcher.
  Result<> on_head(Transfer& transfer) override;
  void on_done(Transfer& transfer, Result<> outcome) override;

 private:
  FetchThread(std::unique_ptr<EventLoop> loop, std::unique_ptr<Resolver> resolver, std::unique_ptr<Mailbox> inbox,
              const Options& options, FetchSetup setup, const Callbacks& callbacks, Log& log, Report report);
  Result<> run_thread();
  void work();
  Result<> run_callbacks(Page& page);

  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<Resolver> resolver_;
  std::unique_ptr<Mailbox> inbox_;
  Callbacks callbacks_;
  PageHandler pages_;
  AttemptPolicy policy_;
  Report report_;
  Fetcher fetcher_;
  bool stopping_ = false;  // of the thread itself
  std::thread thread_;
};

}  // namespace nbcrawl

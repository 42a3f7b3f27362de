#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "crawl/fetch_thread.hpp"
#include "crawl/fetching.hpp"

namespace nbcrawl {

/// Fetches on several threads, of which each has its share of the hosts: connections, names and TLS sessions of a host
/// are in one place. Everything that hosts or jobs have in common (schedule, limits, cookies, results) stays with the
/// run, whose loop hears of each attempt that is done. No more than the run has started is ever on its way between the
/// threads.
class FetchThreads final : public Fetching {
 public:
  /// Called from the run's loop, with an attempt that is done, or with an error where a thread can't go on; its
  /// attempts are lost then.
  using OnFetched = std::move_only_function<void(Result<Fetched>)>;

  /// Starts Options::threads threads. Loop, callbacks and log are borrowed. Errors: those of FetchThread and Mailbox.
  static Result<std::unique_ptr<FetchThreads>> create(EventLoop& loop, const Options& options, const FetchSetup& setup,
                                                      const Callbacks& callbacks, Log& log, OnFetched on_fetched);

  void start(Attempt&& attempt) override;
  [[nodiscard]] std::size_t active() const noexcept override { return active_; }
  void pause() override;
  void resume() override;
  [[nodiscard]] bool paused() const noexcept override { return paused_; }
  bool discard_idle() override;
  void abort_all(const Error& error) override;

 private:
  struct Worker {
    std::size_t active = 0;
    std::unique_ptr<FetchThread> thread = {};
  };

  FetchThreads(std::unique_ptr<Mailbox> reports, OnFetched on_fetched)
      : on_fetched_(std::move(on_fetched)), reports_(std::move(reports)) {}
  void on_report(std::size_t worker, Result<Fetched> fetched);
  void on_end(std::size_t worker, std::size_t count) noexcept;

  OnFetched on_fetched_;
  std::size_t active_ = 0;
  bool paused_ = false;
  std::unique_ptr<Mailbox> reports_;
  std::vector<Worker> workers_;  // the last member: they end first
};

}  // namespace nbcrawl

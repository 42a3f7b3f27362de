#pragma once

#include <utility>

#include "crawl/fetch_setup.hpp"
#include "crawl/fetching.hpp"
#include "fetch/fetcher.hpp"

namespace nbcrawl {

/// Fetches on the run's own loop: nothing is handed over, and the observer sees each transfer itself.
class FetchHere final : public Fetching {
 public:
  FetchHere(EventLoop& loop, Resolver& resolver, FetchObserver& observer, FetchSetup setup, Log& log)
      : fetcher_(loop, resolver, observer, std::move(setup.options), std::move(setup.request_writer), log) {}

  void start(Attempt&& attempt) override { fetcher_.start(std::move(attempt)); }
  [[nodiscard]] std::size_t active() const noexcept override { return fetcher_.active(); }
  void pause() override { fetcher_.pause(); }
  void resume() override { fetcher_.resume(); }
  [[nodiscard]] bool paused() const noexcept override { return fetcher_.paused(); }
  bool discard_idle() override { return fetcher_.discard_idle(); }
  void abort_all(const Error& error) override { fetcher_.abort_all(error); }

 private:
  Fetcher fetcher_;
};

}  // namespace nbcrawl

#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/log.hpp"
#include "catch2_shim.hpp"
#include "fetch/fetcher.hpp"

namespace nbcrawl {

/// A fetcher on a loop, and how each of its jobs ended, by id.
class Fetching final : private FetchObserver {
 public:
  struct Ended {
    Result<> outcome;
    std::string body;
  };

  explicit Fetching(FetchOptions options = {}, std::vector<PinnedName> pinned = {})
      : loop(EventLoop::create(MultiplexerKind::poll).value()),
        resolver_(Resolver::create(*loop, {.pinned = std::move(pinned)}).value()),
        fetcher(*loop, *resolver_, *this, std::move(options), RequestWriter::create("test", {}).value(), log_) {}

  void start(const std::string& id, const std::string& url, std::unique_ptr<JobOptions> job_options = {}) {
    Job job{.url = Url::parse(url).value(), .id = id};
    job.options = std::move(job_options);
    fetcher.start({.job = std::move(job), .since = Clock::now()});
    CHECK_FALSE(ended.contains(id));  // never from within start()
  }
  /// Starts a job and waits for its end.
  const Ended& fetch(const std::string& url, std::unique_ptr<JobOptions> job_options = {}) {
    const std::string id = std::to_string(ended.size()) + " " + url;
    start(id, url, std::move(job_options));
    return wait_for(id);
  }
  const Ended& wait_for(const std::string& id) {
    while (!ended.contains(id)) REQUIRE(loop->run_once().has_value());
    return ended.at(id);
  }
  /// Runs until the pool has that many connections.
  void wait_for_connections(std::size_t count) {
    while (fetcher.pool().size() != count) REQUIRE(loop->run_once().has_value());
  }

  std::unique_ptr<EventLoop> loop;
  std::map<std::string, Ended> ended;

 private:
  Result<> on_head(Transfer& /*transfer*/) override { return {}; }
  void on_done(Transfer& transfer, Result<> outcome) override {
    ended.emplace(transfer.job().id, Ended{.outcome = std::move(outcome), .body = transfer.response.body});
  }

  Log log_;
  std::unique_ptr<Resolver> resolver_;

 public:
  Fetcher fetcher;
};

}  // namespace nbcrawl

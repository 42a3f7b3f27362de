#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include "catch2_shim.hpp"
#include "nbcrawl/crawler.hpp"
#include "unit/crawl/page_server.hpp"

namespace nbcrawl {
namespace {

/// Where a sink was called, and with what.
struct Seen {
  std::multiset<std::string> bodies;
  std::multiset<std::string> errors;
  std::set<std::thread::id> threads;
};

class SeenSink final : public Sink {
 public:
  explicit SeenSink(Seen& seen) : seen_(seen) {}
  Result<> write(const Record& record) override {
    seen_.threads.insert(std::this_thread::get_id());
    if (record.ok()) {
      seen_.bodies.emplace(record.body);
    } else {
      seen_.errors.emplace(code(record.error->kind));
    }
    return {};
  }
  Result<> finish() override { return {}; }

 private:
  Seen& seen_;
};

/// A crawler on three threads.
struct Fixture {
  PageServer server;
  Seen seen;
  Crawler crawler;

  explicit Fixture(Options options = {}) : crawler(with_threads(std::move(options))) {
    crawler.add_sink(std::make_unique<SeenSink>(seen));
  }
  static Options with_threads(Options options) {
    options.threads = 3;
    options.retries = 0;
    return options;
  }
  /// Jobs of `group` are fetched by one thread.
  void add(const std::string& path, int group, Callback callback = {}) {
    auto options = std::make_unique<JobOptions>();
    options->key = "group " + std::to_string(group);
    crawler.add({.url = *Url::parse(server.url(path)), .callback = std::move(callback), .options = std::move(options)});
  }
};

TEST_CASE("on threads every job has its result", "[threads]") {
  Fixture fixture;
  std::multiset<std::string> paths;
  for (int i = 0; i < 300; ++i) {
    const std::string path = "/" + std::to_string(i);
    fixture.add(path, i % 7);
    paths.insert(path);
  }
  const Summary summary = fixture.crawler.run();
  CHECK(summary.exit_status == 0);
  CHECK(summary.succeeded == 300);
  CHECK(summary.connections == 300);
  CHECK(fixture.seen.bodies == paths);
  CHECK(fixture.server.served() == 300);
}

TEST_CASE("callbacks of the program and sinks are called on the thread of run()", "[threads]") {
  Fixture fixture;
  std::set<std::thread::id> threads;
  for (int i = 0; i < 60; ++i) {
    fixture.add("/" + std::to_string(i), i, [&, i](const Response& response, Emitter& out) {
      threads.insert(std::this_thread::get_id());
      if (i == 7) throw std::runtime_error("no good");
      if (i < 20) fixture.add("/again", i);
      out.text(response.body);
    });
  }
  const Summary summary = fixture.crawler.run();
  CHECK(summary.succeeded == 78);
  CHECK(summary.failed == 1);
  CHECK(fixture.seen.errors == std::multiset<std::string>{"callback_failed"});
  CHECK(fixture.seen.bodies.count("/again") == 19);
  CHECK(threads == std::set{std::this_thread::get_id()});
  CHECK(fixture.seen.threads == threads);
}

TEST_CASE("jobs that fail at once end too", "[threads]") {
  Fixture fixture({.connect_timeout = std::chrono::milliseconds(2'000)});
  for (int i = 0; i < 200; ++i) fixture.crawler.add({.url = *Url::parse("http://127.0.0.1:1/")});
  const Summary summary = fixture.crawler.run();
  CHECK(summary.failed == 200);
  CHECK(fixture.seen.errors.count("connect_refused") == 200);
}

TEST_CASE("a crawler on threads runs under each multiplexer, again and again, and without jobs", "[threads]") {
  for (const MultiplexerChoice choice :
       {MultiplexerChoice::automatic, MultiplexerChoice::select, MultiplexerChoice::poll, MultiplexerChoice::epoll}) {
    Fixture fixture({.concurrency = 2, .multiplexer = choice});
    CHECK(fixture.crawler.run().succeeded == 0);
    for (int i = 0; i < 10; ++i) fixture.add("/" + std::to_string(i), i);
    CHECK(fixture.crawler.run().succeeded == 10);
    CHECK(fixture.crawler.run().succeeded == 0);
  }
}

}  // namespace
}  // namespace nbcrawl

// A crawler that is stopped, moved, thrown through or destroyed, in whatever state it is.
#include <future>
#include <map>
#include <stdexcept>
#include <thread>

#include "catch2_shim.hpp"
#include "nbcrawl/crawler.hpp"
#include "unit/crawl/page_server.hpp"

namespace nbcrawl {
namespace {

/// Takes connections, answers the first one when it is told to, and the others never.
class HeldServer {
 public:
  /// Waits for the first request.
  void wait_for_request() {
    client_.reset(::accept(listener_.fd.get(), nullptr, nullptr));
    char buffer[4096];
    REQUIRE(::recv(client_.get(), buffer, sizeof buffer, 0) > 0);
  }
  void answer() {
    const std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nheld";
    REQUIRE(::send(client_.get(), answer.data(), answer.size(), MSG_NOSIGNAL) > 0);
  }

  [[nodiscard]] std::string url() const { return listener_.origin + "/"; }

 private:
  LoopbackListener listener_;
  UniqueFd client_;
};

struct Results {
  std::map<std::uint64_t, std::string> bodies;
  std::map<std::uint64_t, ErrorKind> errors;
  int finished = 0;
};

/// Keeps what it is told, and does what the test wants with each record, or at the end.
class HookedSink final : public Sink {
 public:
  using Hook = std::move_only_function<void()>;
  HookedSink(Results& results, Hook on_write, Hook on_finish)
      : results_(results), on_write_(std::move(on_write)), on_finish_(std::move(on_finish)) {}
  Result<> write(const Record& record) override {
    if (record.ok()) results_.bodies[record.index] = record.body;
    if (!record.ok()) results_.errors[record.index] = record.error->kind;
    if (on_write_) on_write_();
    return {};
  }
  Result<> finish() override {
    ++results_.finished;
    if (on_finish_) on_finish_();
    return {};
  }

 private:
  Results& results_;
  Hook on_write_;
  Hook on_finish_;
};

/// Every case is held under one thread and under several.
struct Fixture {
  PageServer server;
  HeldServer held;
  Results results;
  std::unique_ptr<Crawler> crawler;

  explicit Fixture(std::size_t concurrency = 8) : concurrency_(concurrency) {}

  void create(HookedSink::Hook on_write = {}, HookedSink::Hook on_finish = {}) {
    crawler = std::make_unique<Crawler>(
        Options{.concurrency = concurrency_, .per_host = concurrency_, .threads = threads_, .retries = 0});
    crawler->add_sink(std::make_unique<HookedSink>(results, std::move(on_write), std::move(on_finish)));
  }
  void add(const std::string& url, Callback callback = {}) {
    crawler->add({.url = *Url::parse(url), .callback = std::move(callback)});
  }
  void add_pages(int count) {
    for (int i = 0; i < count; ++i) add(server.url("/" + std::to_string(i)));
  }

 private:
  std::size_t concurrency_;
  std::size_t threads_ = GENERATE(1, 3);
};

TEST_CASE("stop() before run() stops it as it begins, and no run behind it", "[lifetime]") {
  Fixture f;
  f.create();
  f.add_pages(50);
  const bool twice = GENERATE(false, true);
  f.crawler->stop();
  if (twice) f.crawler->stop();
  const Summary stopped = f.crawler->run();
  CHECK(stopped.stopped_by_program);
  CHECK(stopped.stopped_by_signal == 0);
  CHECK_FALSE(stopped.error);
  CHECK(stopped.exit_status == 10);
  CHECK(stopped.succeeded == 0);
  CHECK(stopped.failed == 0);
  CHECK(f.server.served() == 0);
  CHECK(f.results.finished == 1);
  f.add_pages(3);
  const Summary next = f.crawler->run();
  CHECK_FALSE(next.stopped_by_program);
  CHECK(next.exit_status == 0);
  CHECK(next.succeeded == 3);
  CHECK(f.results.bodies.contains(52));  // places in the list go on
  CHECK(f.results.bodies.size() == 3);
  CHECK(f.results.finished == 2);
}

TEST_CASE("a callback and a sink may stop the run, and what waits is dropped", "[lifetime]") {
  Fixture f(1);
  const bool by_callback = GENERATE(true, false);
  f.create([&] {
    if (!by_callback) f.crawler->stop();
  });
  f.add(f.server.url("/first"), [&](const Response&, Emitter& out) {
    out.text("done");
    if (by_callback) f.crawler->stop();
  });
  f.add_pages(50);
  const Summary summary = f.crawler->run();
  CHECK(summary.stopped_by_program);
  CHECK(summary.exit_status == 10);
  CHECK(f.results.bodies[0] == "done");
  CHECK(summary.failed == 0);
  CHECK(summary.succeeded < 10);
  const int served = f.server.served();
  CHECK(f.crawler->run().succeeded == 0);
  CHECK(f.server.served() == served);
}

TEST_CASE("what is in flight ends by itself after stop() from another thread", "[lifetime]") {
  Fixture f;
  f.create();
  f.add(f.held.url());
  std::thread other([&] {
    f.held.wait_for_request();
    f.crawler->stop();
    f.held.answer();
  });
  const Summary summary = f.crawler->run();
  other.join();
  CHECK(summary.succeeded == 1);
  CHECK(f.results.bodies[0] == "held");
}

TEST_CASE("stop() again aborts what is in flight, and may be called by those that hear of it", "[lifetime]") {
  Fixture f;
  const bool each_record_stops = GENERATE(false, true);
  f.create([&] {
    if (each_record_stops) f.crawler->stop();
  });
  for (int i = 0; i < 20; ++i) f.add(f.held.url());
  std::thread other([&] {
    f.held.wait_for_request();
    f.crawler->stop();
    f.crawler->stop();
  });
  const Summary summary = f.crawler->run();
  other.join();
  CHECK(summary.stopped_by_program);
  CHECK(summary.exit_status == 10);
  CHECK(summary.succeeded == 0);
  CHECK(summary.failed >= 1);
  CHECK(summary.failed <= 8);
  CHECK(f.results.errors[0] == ErrorKind::interrupted);
}

TEST_CASE("many threads may stop a run, whenever they like", "[lifetime]") {
  for (int round = 0; round < 10; ++round) {
    Fixture f;
    f.create();
    f.add_pages(20);
    std::vector<std::thread> others;
    for (int i = 0; i < 4; ++i) others.emplace_back([&] { f.crawler->stop(); });
    const Summary summary = f.crawler->run();
    for (std::thread& other : others) other.join();
    CHECK(summary.succeeded + summary.failed <= 20);
  }
}

TEST_CASE("what a sink throws comes out of run(), and the crawler can go, or run again", "[lifetime]") {
  const bool at_the_end = GENERATE(false, true);
  Fixture f;
  bool throws = true;
  const auto fail = [&] {
    if (std::exchange(throws, false)) throw std::runtime_error("no room");
  };
  if (at_the_end) {
    f.create({}, fail);
  } else {
    f.create(fail);
    for (int i = 0; i < 4; ++i) f.add(f.held.url());  // are in flight at that moment
  }
  f.add_pages(50);
  CHECK_THROWS_WITH(f.crawler->run(), "no room");
  SECTION("it goes") { f.crawler.reset(); }
  SECTION("it runs again") {
    f.results = {};
    f.add_pages(5);
    const Summary summary = f.crawler->run();
    CHECK(summary.succeeded == 5);
    CHECK(summary.failed == 0);
    CHECK(f.results.bodies.size() == 5);
  }
}

TEST_CASE("callbacks that throw while others are in flight fail their own jobs", "[lifetime]") {
  Fixture f;
  f.create();
  for (int i = 0; i < 30; ++i) {
    f.add(f.server.url("/" + std::to_string(i)), [i](const Response&, Emitter& out) {
      out.text("good");
      if (i % 2 == 0) throw std::runtime_error("no good");
    });
  }
  const Summary summary = f.crawler->run();
  CHECK(summary.succeeded == 15);
  CHECK(summary.failed == 15);
  CHECK(f.results.errors[0] == ErrorKind::callback_failed);
}

TEST_CASE("a crawler that is moved by a callback goes on", "[lifetime]") {
  Fixture f(1);
  f.create();
  std::unique_ptr<Crawler> moved;
  f.add(f.server.url("/first"), [&](const Response&, Emitter&) {
    moved = std::make_unique<Crawler>(std::move(*f.crawler));
    moved->add({.url = *Url::parse(f.server.url("/last"))});
  });
  f.add_pages(5);
  CHECK(f.crawler->run().succeeded == 7);
  CHECK(f.results.bodies[6] == "/last");
}

TEST_CASE("a crawler is not run again by its own callback", "[lifetime]") {
  Fixture f;
  f.create();
  f.add(f.server.url("/first"), [&](const Response&, Emitter& out) {
    const Summary inner = f.crawler->run();
    out.text(inner.error ? inner.error->detail : "it ran");
  });
  f.add_pages(5);
  CHECK(f.crawler->run().succeeded == 6);
  CHECK(f.results.bodies[0] == "this crawler is running already");
}

TEST_CASE("a crawler that never ran goes with its jobs", "[lifetime]") {
  Fixture f;
  f.create();
  f.add_pages(5);
  f.crawler->stop();
  f.crawler.reset();
  CHECK(f.server.served() == 0);
}

}  // namespace
}  // namespace nbcrawl

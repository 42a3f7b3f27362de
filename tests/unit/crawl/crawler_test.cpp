#include "nbcrawl/crawler.hpp"

#include <map>
#include <stdexcept>
#include <vector>

#include "catch2_shim.hpp"
#include "unit/crawl/page_server.hpp"

namespace nbcrawl {
namespace {

/// Keeps what a sink is told for as long as the test needs it.
struct Results {
  std::map<std::uint64_t, std::string> bodies;
  std::map<std::uint64_t, std::string> errors;
  int finished = 0;
};

class ResultSink final : public Sink {
 public:
  explicit ResultSink(Results& results) : results_(results) {}
  Result<> write(const Record& record) override {
    if (record.ok()) {
      results_.bodies[record.index] = record.body;
    } else {
      results_.errors[record.index] = std::string(code(record.error->kind)) + ": " + record.error->detail;
    }
    return {};
  }
  Result<> finish() override {
    ++results_.finished;
    return {};
  }

 private:
  Results& results_;
};

struct Fixture {
  PageServer server;
  Results results;
  Crawler crawler;

  explicit Fixture(Options options = {}) : crawler(std::move(options)) {
    crawler.add_sink(std::make_unique<ResultSink>(results));
  }
  void add(const std::string& path, Callback callback = {}) {
    crawler.add({.url = *Url::parse(server.url(path)), .callback = std::move(callback)});
  }
};

TEST_CASE("a C++ callback gets the response and emits the result", "[crawl]") {
  Fixture fixture;
  fixture.add("/a", [](const Response& response, Emitter& out) {
    out.text(std::to_string(response.status) + " " + response.text());
  });
  fixture.add("/b");
  const Summary summary = fixture.crawler.run();
  CHECK(summary.exit_status == 0);
  CHECK(summary.succeeded == 2);
  CHECK(fixture.results.bodies[0] == "200 /a");
  CHECK(fixture.results.bodies[1] == "/b");
  CHECK(fixture.results.finished == 1);
}

TEST_CASE("a callback that throws or fails takes only its own job with it", "[crawl]") {
  Fixture fixture;
  fixture.add("/0", [](const Response&, Emitter&) { throw std::runtime_error("no good"); });
  fixture.add("/1");
  fixture.add("/2", [](const Response&, Emitter&) { throw 7; });
  fixture.add("/3", [](const Response&, Emitter& out) {
    out.text("half");
    out.fail("not wanted");
  });
  fixture.add("/4");
  const Summary summary = fixture.crawler.run();
  CHECK(summary.exit_status == 9);
  CHECK(summary.succeeded == 2);
  CHECK(summary.failed == 3);
  CHECK(fixture.results.errors[0] == "callback_failed: the callback threw: no good");
  CHECK(fixture.results.errors[2] == "callback_failed: the callback threw something that is no std::exception");
  CHECK(fixture.results.errors[3] == "callback_failed: not wanted");
  CHECK(fixture.results.bodies.size() == 2);
}

TEST_CASE("jobs may be added from within a callback", "[crawl]") {
  Fixture fixture;
  for (int i = 0; i < 3; ++i) {
    fixture.add("/" + std::to_string(i),
                [&fixture, i](const Response&, Emitter&) { fixture.add("/again/" + std::to_string(i)); });
  }
  const Summary summary = fixture.crawler.run();
  CHECK(summary.succeeded == 6);
  CHECK(fixture.server.served() == 6);
}

TEST_CASE("of jobs that a callback adds none is lost, however many are refused", "[crawl]") {
  Fixture fixture;
  constexpr std::uint64_t refused = 2'500;
  fixture.add("/", [&fixture](const Response&, Emitter&) {
    for (std::uint64_t i = 0; i < refused; ++i)
      fixture.crawler.add({.url = *Url::parse(fixture.server.url("/bad")), .callbacks = {"decod"}});
    fixture.add("/last");
  });
  const Summary summary = fixture.crawler.run();
  CHECK(summary.failed == refused);
  CHECK(summary.succeeded == 2);
}

TEST_CASE("what is emitted before a command reaches it whole, however short the body", "[crawl]") {
  constexpr std::size_t sizes = 40;  // a short body stands in its string object and moves with it
  for (const std::size_t threads : {1, 2}) {
    Fixture fixture({.threads = threads});
    for (std::size_t size = 1; size <= sizes; ++size) {
      const std::string path = "/" + std::string(size - 1, 'x');
      for (const std::string before : {"raw", "decode"})
        fixture.crawler.add({.url = *Url::parse(fixture.server.url(path)), .callbacks = {before, "exec:cat"}});
    }
    CHECK(fixture.crawler.run().succeeded == 2 * sizes);
    for (std::size_t i = 0; i < 2 * sizes; ++i) {
      const std::string path = "/" + std::string(i / 2, 'x');
      CHECK(fixture.results.bodies[i] == path + path);  // the callback's own, and what the command makes of the page
    }
  }
}

TEST_CASE("a crawler runs under each multiplexer, one job at a time too", "[crawl]") {
  for (const MultiplexerChoice choice :
       {MultiplexerChoice::automatic, MultiplexerChoice::select, MultiplexerChoice::poll, MultiplexerChoice::epoll}) {
    Fixture fixture({.concurrency = 1, .multiplexer = choice});
    for (int i = 0; i < 5; ++i) fixture.add("/" + std::to_string(i));
    CHECK(fixture.crawler.run().succeeded == 5);
  }
}

TEST_CASE("a run without jobs ends at once", "[crawl]") {
  Fixture fixture;
  const Summary summary = fixture.crawler.run();
  CHECK(summary.exit_status == 0);
  CHECK(summary.succeeded + summary.failed == 0);
}

TEST_CASE("settings that can't be used are refused before anything is fetched", "[crawl]") {
  constexpr std::chrono::milliseconds none{0};
  for (Options options :
       {Options{.callbacks = {"no-such"}}, Options{.headers = {{"A\r\nB", "c"}}}, Options{.resolve = {"nonsense"}},
        Options{.limits = {.max_waiting_jobs = 0}}, Options{.limits = {.max_waiting_pages = 0}},
        Options{.limits = {.max_header_bytes = static_cast<std::size_t>(-1)}},
        Options{.limits = {.max_waiting_job_bytes = 0}}, Options{.accept = {{.first = 300, .last = 200}}},
        Options{.accept = {{}}}, Options{.accept = {{.first = 200, .last = 1000}}}, Options{.retry_statuses = {200}},
        Options{.retry_statuses = {600}}, Options{.max_errors = ErrorBudget{.most = 101, .is_percent = true}},
        Options{.credentials = "user"}, Options{.connect_timeout = none}, Options{.max_time = none},
        Options{.speed_limit = 1, .speed_time = none}, Options{.tls = {.key_file = "key.pem"}}}) {
    Fixture fixture(std::move(options));
    fixture.add("/a");
    const Summary summary = fixture.crawler.run();
    CHECK(summary.exit_status == 2);
    REQUIRE(summary.error);
    CHECK(fixture.server.served() == 0);
  }
}

TEST_CASE("a job that can't be sent fails alone", "[crawl]") {
  Fixture fixture;
  fixture.crawler.add({});
  Job tunnel{.url = *Url::parse(fixture.server.url("/tunnel")), .options = std::make_unique<JobOptions>()};
  tunnel.options->method = "CONNECT";
  fixture.crawler.add(std::move(tunnel));
  fixture.add("/a");
  const Summary summary = fixture.crawler.run();
  CHECK(summary.exit_status == 2);
  CHECK(summary.succeeded == 1);
  CHECK(fixture.results.errors[0] == "invalid_url: the job has no URL");
  CHECK(fixture.results.errors[1] == "invalid_job: not a method that a job can have: 'CONNECT'");
  CHECK(fixture.server.served() == 1);
}

TEST_CASE("a job with a callback or a charset that there is not fails alone and is not fetched", "[crawl]") {
  for (const std::size_t threads : {1, 2}) {
    Fixture fixture({.threads = threads});
    for (const std::string spec : {"decod", "decode:klingon", "json:a"}) {
      fixture.crawler.add({.url = *Url::parse(fixture.server.url("/")), .callbacks = {"discard", spec}});
    }
    fixture.crawler.add({.url = *Url::parse(fixture.server.url("/")),
                         .options = std::make_unique<JobOptions>(JobOptions{.charset = "klingon"})});
    fixture.add("/good");
    const Summary summary = fixture.crawler.run();
    CHECK(summary.exit_status == 2);
    CHECK(summary.succeeded == 1);
    CHECK(summary.failed == 4);
    CHECK(fixture.results.errors[0] == "invalid_job: callback: 'decod': no such callback; did you mean 'decode'?");
    CHECK(fixture.results.errors[1] == "invalid_job: callback: 'decode:klingon': unknown charset \"klingon\"");
    CHECK(fixture.results.errors[2].starts_with("invalid_job: callback: 'json:a': not a JSON pointer"));
    CHECK(fixture.results.errors[3] == "invalid_job: charset: unknown charset \"klingon\"");
    CHECK(fixture.server.served() == 1);
  }
}

TEST_CASE("a job with a body and a file for it fails alone and is not sent", "[crawl]") {
  Fixture fixture;
  Job job{.url = *Url::parse(fixture.server.url("/both")),
          .options = std::make_unique<JobOptions>(JobOptions{.body = "", .body_file = "/dev/null"})};
  fixture.crawler.add(std::move(job));
  fixture.add("/good");
  const Summary summary = fixture.crawler.run();
  CHECK(summary.succeeded == 1);
  CHECK(fixture.results.errors[0] == "invalid_job: body_file: there is a body already; only one of them can be sent");
  CHECK(fixture.server.served() == 1);
}

TEST_CASE("a job without any time fails alone and is not sent", "[crawl]") {
  using std::chrono::milliseconds;
  Fixture fixture;
  for (const JobOptions& options :
       {JobOptions{.timeout = milliseconds(0)}, JobOptions{.connect_timeout = milliseconds(-1)}}) {
    fixture.crawler.add(
        {.url = *Url::parse(fixture.server.url("/")), .options = std::make_unique<JobOptions>(options)});
  }
  fixture.add("/good");
  const Summary summary = fixture.crawler.run();
  CHECK(summary.succeeded == 1);
  CHECK(fixture.results.errors[0] == "invalid_job: timeout: no time at all");
  CHECK(fixture.results.errors[1] == "invalid_job: connect_timeout: no time at all");
  CHECK(fixture.server.served() == 1);
}

TEST_CASE("no time limit is too long", "[crawl]") {
  Fixture fixture({.connect_timeout = std::chrono::milliseconds::max(), .max_time = std::chrono::milliseconds::max()});
  Job job{.url = *Url::parse(fixture.server.url("/a")), .options = std::make_unique<JobOptions>()};
  job.options->timeout = std::chrono::milliseconds::max();
  fixture.crawler.add(std::move(job));
  fixture.add("/b");
  CHECK(fixture.crawler.run().succeeded == 2);
}

TEST_CASE("a sink that can't write ends the run with exit status 3", "[crawl]") {
  class Broken final : public Sink {
   public:
    Result<> write(const Record&) override {
      return std::unexpected(Error{.kind = ErrorKind::output_failed, .phase = Phase::output, .detail = "full"});
    }
    Result<> finish() override { return {}; }
  };
  Fixture fixture({.concurrency = 1});
  fixture.crawler.add_sink(std::make_unique<Broken>());
  for (int i = 0; i < 50; ++i) fixture.add("/" + std::to_string(i));
  const Summary summary = fixture.crawler.run();
  CHECK(summary.exit_status == 3);
  REQUIRE(summary.error);
  CHECK(summary.error->detail == "full");
  CHECK(fixture.server.served() < 50);
}

TEST_CASE("what a sink throws comes out of run()", "[crawl]") {
  class Throwing final : public Sink {
   public:
    Result<> write(const Record&) override { throw std::runtime_error("the disk is gone"); }
    Result<> finish() override { return {}; }
  };
  for (const HttpVersion version : {HttpVersion::http1_1, HttpVersion::http2_prior_knowledge}) {
    for (const std::size_t threads : {1, 2}) {
      Fixture fixture({.threads = threads, .http_version = version});
      fixture.crawler.add_sink(std::make_unique<Throwing>());
      for (int i = 0; i < 3; ++i) fixture.add("/" + std::to_string(i));
      CHECK_THROWS_WITH(fixture.crawler.run(), "the disk is gone");
    }
  }
}

TEST_CASE("a job whose host refuses fails alone and is told with its cause", "[crawl]") {
  Fixture fixture({.retries = 0});
  fixture.crawler.add({.url = *Url::parse("http://127.0.0.1:1/")});
  fixture.add("/a");
  const Summary summary = fixture.crawler.run();
  CHECK(summary.exit_status == 4);
  CHECK(summary.succeeded == 1);
  CHECK(fixture.results.errors[0].starts_with("connect_refused: can't connect to 127.0.0.1:1: "));
}

}  // namespace
}  // namespace nbcrawl

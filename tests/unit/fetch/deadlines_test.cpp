// Each step of a transfer ends in time, and pauses do not count.
#include "fetching.hpp"
#include "scripted_site.hpp"

using namespace nbcrawl;

namespace {

constexpr milliseconds shortly{60};

std::unique_ptr<JobOptions> with_timeout(milliseconds timeout) {
  auto options = std::make_unique<JobOptions>();
  options->timeout = timeout;
  return options;
}

}  // namespace

TEST_CASE("a host that answers no SYN costs the connect timeout") {
  const DeadAddress dead;
  FetchOptions options;
  options.connect_timeout = shortly;
  Fetching fetching(options);
  const TimePoint begin = fetching.loop->now();  // which deadlines are reckoned from
  const auto& ended = fetching.fetch("http://" + dead.address().to_string() + "/");
  REQUIRE_FALSE(ended.outcome.has_value());
  CHECK(ended.outcome.error().kind == ErrorKind::connect_timeout);
  CHECK(ended.outcome.error().phase == Phase::connect);
  CHECK(Clock::now() - begin >= shortly);
  CHECK(fetching.fetcher.pool().size() == 0);
}

TEST_CASE("a server that says nothing costs max-time, the run's or the job's own") {
  const ScriptedSite site;
  FetchOptions options;
  options.max_time = shortly;
  Fetching fetching(options);
  for (const milliseconds own : {milliseconds(0), milliseconds(20), milliseconds(90)}) {
    const TimePoint begin = fetching.loop->now();  // which deadlines are reckoned from
    const auto& ended = fetching.fetch(site.url("/silent"), own.count() > 0 ? with_timeout(own) : nullptr);
    REQUIRE_FALSE(ended.outcome.has_value());
    CHECK(ended.outcome.error().kind == ErrorKind::timeout);
    CHECK(Clock::now() - begin >= (own.count() > 0 ? own : shortly));
  }
  CHECK(fetching.fetcher.pool().size() == 0);  // what may still answer is not kept
}

TEST_CASE("a job that ends by its deadline leaves the others alone") {
  const ScriptedSite site;
  Fetching fetching;
  fetching.start("late", site.url("/silent"), with_timeout(shortly));
  fetching.start("later", site.url("/silent"), with_timeout(milliseconds(30'000)));
  CHECK(fetching.fetch(site.url("/a")).body == "/a");
  CHECK(fetching.wait_for("late").outcome.error().kind == ErrorKind::timeout);
  CHECK_FALSE(fetching.ended.contains("later"));
  CHECK(fetching.fetcher.active() == 1);
}

TEST_CASE("a job whose deadline and least speed are due in the same pass ends once") {
  const ScriptedSite site;
  const DeadAddress dead;
  FetchOptions options;
  options.pace = {.least = 1000, .least_time = shortly + milliseconds(1)};
  Fetching fetching(options);
  // What ended twice would take another one out of the table.
  fetching.start("other", "http://" + dead.address().to_string() + "/");
  CHECK(fetching.fetch(site.url("/a")).body == "/a");
  fetching.start("late", site.url("/silent"), with_timeout(shortly));  // sent at once, for there is a connection
  const TimePoint both_are_due = Clock::now() + options.pace.least_time;
  while (Clock::now() < both_are_due) {
  }
  CHECK(fetching.wait_for("late").outcome.error().kind == ErrorKind::timeout);
  CHECK(fetching.fetcher.active() == 1);
  CHECK_FALSE(fetching.ended.contains("other"));
}

TEST_CASE("deadlines stand still while nobody takes the results") {
  const ScriptedSite site;
  FetchOptions options;
  options.max_time = milliseconds(600);
  Fetching fetching(options);
  fetching.start("a", site.url("/a"));
  fetching.fetcher.pause();
  Timer end(fetching.loop->timers(), [&] { fetching.fetcher.resume(); });
  end.arm(Clock::now() + milliseconds(900));
  CHECK(fetching.wait_for("a").body == "/a");
}

TEST_CASE("the deadline of a body stands still while others leave it no memory") {
  const ScriptedSite site;
  FetchOptions options;
  options.limits.max_body_memory_bytes = 30'000;
  Fetching fetching(options);
  fetching.start("first", site.url("/half"), with_timeout(milliseconds(800)));
  while (!fetching.fetcher.body_memory().is_full()) REQUIRE(fetching.loop->run_once().has_value());
  fetching.start("second", site.url("/whole"), with_timeout(milliseconds(500)));
  const auto& second = fetching.wait_for("second");
  REQUIRE(fetching.ended.contains("first"));
  CHECK(fetching.ended.at("first").outcome.error().kind == ErrorKind::timeout);
  CHECK(second.outcome.has_value());
  CHECK(second.body.size() == 200'000);
  CHECK_FALSE(fetching.fetcher.body_memory().is_full());
}

TEST_CASE("all that is under way ends at once with the error of an abort") {
  const ScriptedSite site;
  const DeadAddress dead;
  Fetching fetching;
  fetching.start("connecting", "http://" + dead.address().to_string() + "/");
  fetching.start("waiting", site.url("/silent"));
  fetching.wait_for_connections(1);
  fetching.fetcher.abort_all(Error{.kind = ErrorKind::interrupted, .phase = Phase::job, .detail = "stopped"});
  for (const auto* id : {"connecting", "waiting"})
    CHECK(fetching.wait_for(id).outcome.error().kind == ErrorKind::interrupted);
  CHECK(fetching.fetcher.active() == 0);
}

TEST_CASE("a connection closed without an answer is an error on a new connection") {
  const ScriptedSite site;
  Fetching fetching;
  const auto& ended = fetching.fetch(site.url("/hang-up"));
  REQUIRE_FALSE(ended.outcome.has_value());
  CHECK(ended.outcome.error().phase == Phase::response);
  CHECK(site.accepted() == 1);
}

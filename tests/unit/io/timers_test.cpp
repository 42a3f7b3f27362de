#include "io/timers.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

using namespace std::chrono_literals;

// Timers are told what time it is: these tests need no clock.
constexpr TimePoint start{1000h};

static_assert(!std::is_move_constructible_v<Timer> && !std::is_copy_constructible_v<Timer>);

TEST_CASE("a timer is called once when it is due, and not before", "[timers]") {
  Timers timers;
  int calls = 0;
  Timer timer(timers, [&] { ++calls; });
  CHECK_FALSE(timer.armed());
  CHECK(timers.next() == std::nullopt);
  timer.arm(start + 5ms);
  CHECK(timer.armed());
  CHECK(timer.due() == start + 5ms);
  CHECK(timers.next() == start + 5ms);
  timers.run_due(start + 5ms - 1ns);
  CHECK(calls == 0);
  timers.run_due(start + 5ms);
  CHECK(calls == 1);
  CHECK_FALSE(timer.armed());
  timers.run_due(start + 1h);
  CHECK(calls == 1);
  CHECK(timers.next() == std::nullopt);
}

TEST_CASE("due timers are called in the order of their deadlines", "[timers]") {
  Timers timers;
  std::string order;
  Timer third(timers, [&] { order += "3"; });
  Timer first(timers, [&] { order += "1"; });
  Timer later(timers, [&] { order += "later"; });
  Timer second(timers, [&] { order += "2"; });
  third.arm(start + 3ms);
  first.arm(start + 1ms);
  later.arm(start + 11ms);
  second.arm(start + 2ms);
  timers.run_due(start + 10ms);
  CHECK(order == "123");
  CHECK(timers.next() == start + 11ms);
}

TEST_CASE("a deadline can be moved", "[timers]") {
  Timers timers;
  int calls = 0;
  Timer timer(timers, [&] { ++calls; });
  Timer other(timers, [] {});
  other.arm(start + 20ms);
  timer.arm(start + 10ms);
  SECTION("to a later moment") {
    timer.arm(start + 30ms);
    timers.run_due(start + 29ms);
    CHECK(calls == 0);
    CHECK(timer.armed());
    CHECK(timers.next() == start + 30ms);
    timers.run_due(start + 30ms);
  }
  SECTION("to an earlier moment") {
    timer.arm(start + 5ms);
    CHECK(timers.next() == start + 5ms);
    timers.run_due(start + 5ms);
  }
  SECTION("to a later moment and back") {
    timer.arm(start + 30ms);
    timer.arm(start + 10ms);
    timers.run_due(start + 10ms);
  }
  SECTION("to a later moment and to an earlier one") {
    timer.arm(start + 30ms);
    timer.arm(start + 5ms);
    CHECK(timers.next() == start + 5ms);
    timers.run_due(start + 5ms);
  }
  CHECK(calls == 1);
  timers.run_due(start + 1h);
  CHECK(calls == 1);
}

TEST_CASE("a disarmed timer is not called, and can be armed again", "[timers]") {
  Timers timers;
  int calls = 0;
  Timer timer(timers, [&] { ++calls; });
  timer.arm(start + 1ms);
  timer.disarm();
  CHECK_FALSE(timer.armed());
  SECTION("after its old deadline") {
    timers.run_due(start + 1ms);
    CHECK(calls == 0);
    timer.arm(start + 2ms);
    timers.run_due(start + 2ms);
  }
  SECTION("later, before its old deadline") {
    timer.arm(start + 3ms);
    timers.run_due(start + 2ms);
    CHECK(calls == 0);
    timers.run_due(start + 3ms);
  }
  SECTION("earlier, before its old deadline") {
    timer.arm(start);
    timers.run_due(start);
  }
  CHECK(calls == 1);
}

TEST_CASE("a timer that goes while armed is not called, and the others are", "[timers]") {
  Timers timers;
  std::vector<int> called;
  std::deque<std::optional<Timer>> many(50);
  for (int i = 0; i < 50; ++i) {
    auto& timer = many[static_cast<std::size_t>(i)];
    timer.emplace(timers, [&called, i] { called.push_back(i); });
    timer->arm(start + milliseconds((i * 7) % 50));
  }
  for (std::size_t i = 0; i < 50; i += 3) many[i].reset();
  timers.run_due(start + 1s);
  std::vector<int> expected;
  for (int i = 0; i < 50; ++i) {
    if (i % 3 != 0) expected.push_back(i);
  }
  std::sort(expected.begin(), expected.end(), [](int a, int b) { return (a * 7) % 50 < (b * 7) % 50; });
  CHECK(called == expected);
}

TEST_CASE("a callback may destroy or disarm a timer that is due in the same pass", "[timers]") {
  Timers timers;
  std::string order;
  std::optional<Timer> doomed;
  Timer stopped(timers, [&] { order += "stopped "; });
  Timer first(timers, [&] {
    order += "first ";
    doomed.reset();
    stopped.disarm();
  });
  doomed.emplace(timers, [&] { order += "doomed "; });
  Timer last(timers, [&] { order += "last"; });
  first.arm(start);
  doomed->arm(start + 1ms);
  stopped.arm(start + 2ms);
  last.arm(start + 3ms);
  timers.run_due(start + 1s);
  CHECK(order == "first last");
}

TEST_CASE("a timer that arms itself for this very moment is called once a pass", "[timers]") {
  Timers timers;
  const TimePoint now = start + 1s;
  const Duration ahead = GENERATE(as<Duration>(), 0ms, -1ms, -10s);
  int calls = 0;
  std::unique_ptr<Timer> timer;
  timer = std::make_unique<Timer>(timers, [&] {
    ++calls;
    timer->arm(now + ahead);
  });
  std::deque<Timer> others;  // far away: they only fill the queue
  for (int i = 0; i < 20; ++i) others.emplace_back(timers, [] {}).arm(now + 1h);
  timer->arm(now);
  for (int pass = 1; pass <= 3; ++pass) {
    timers.run_due(now + microseconds(pass));
    CHECK(calls == pass);
    CHECK(timer->armed());
    REQUIRE(timers.next());
    CHECK(*timers.next() <= now + 1ms);
  }
}

TEST_CASE("a timer that arms itself for the past does not keep others from their turn", "[timers]") {
  Timers timers;
  int patient_calls = 0;
  std::unique_ptr<Timer> greedy;
  greedy = std::make_unique<Timer>(timers, [&] { greedy->arm(start); });
  Timer patient(timers, [&] { ++patient_calls; });
  greedy->arm(start);
  patient.arm(start + 1ms);
  timers.run_due(start + 1s);
  CHECK(patient_calls == 1);
}

TEST_CASE("a timer that another's callback arms for now is called in this pass or the next", "[timers]") {
  Timers timers;
  const TimePoint now = start + 1s;
  int calls = 0;
  Timer second(timers, [&] { ++calls; });
  Timer first(timers, [&] { second.arm(now); });
  first.arm(now);
  timers.run_due(now);
  REQUIRE((calls == 1 || (timers.next() && *timers.next() <= now + 1ms)));
  timers.run_due(now + 1ms);
  CHECK(calls == 1);
}

/// Timers beside what they should do, kept in a sorted container.
struct TimersAndModel {
  Timers timers;
  std::vector<std::unique_ptr<Timer>> all;
  std::vector<std::optional<TimePoint>> due;
  std::vector<std::size_t> called;

  explicit TimersAndModel(std::size_t count) : all(count), due(count) {
    for (std::size_t i = 0; i < count; ++i) renew(i);
  }
  void renew(std::size_t i) {
    all[i] = std::make_unique<Timer>(timers, [this, i] { called.push_back(i); });
    due[i].reset();
  }
  void arm(std::size_t i, TimePoint when) {
    all[i]->arm(when);
    due[i] = when;
  }
  void disarm(std::size_t i) {
    all[i]->disarm();
    due[i].reset();
  }

  /// Whether exactly the due ones are called, each at its place by deadline.
  bool runs_as_expected(TimePoint now) {
    std::multimap<TimePoint, std::size_t> expected;
    for (std::size_t i = 0; i < due.size(); ++i) {
      if (due[i] && *due[i] <= now) expected.emplace(*due[i], i);
    }
    called.clear();
    timers.run_due(now);
    if (called.size() != expected.size()) return false;
    auto place = expected.begin();
    for (const std::size_t i : called) {
      if (!due[i] || *due[i] != (place++)->first) return false;
      due[i].reset();
    }
    return true;
  }
};

TEST_CASE("10,000 timers, armed and disarmed at random, run as a sorted model says", "[timers]") {
  constexpr std::size_t count = 10'000;
  TimersAndModel both(count);
  std::mt19937 random(20261123);
  const auto below = [&random](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  TimePoint now = start;
  for (std::size_t i = 0; i < count; ++i) both.arm(i, now + microseconds(below(1'000'000)));

  for (int round = 0; round < 200; ++round) {
    for (int change = 0; change < 500; ++change) {
      const std::size_t i = below(count);
      switch (below(8)) {
        case 0: both.disarm(i); break;
        case 1: both.renew(i); break;
        default: both.arm(i, now + microseconds(below(1'000'000))); break;
      }
    }
    now += microseconds(below(10'000));
    REQUIRE(both.runs_as_expected(now));
    const auto next = both.timers.next();
    for (std::size_t i = 0; i < count; ++i) {
      if (both.due[i] != (both.all[i]->armed() ? std::optional(both.all[i]->due()) : std::nullopt)) FAIL("timer " << i);
      if (both.due[i] && (!next || *next > *both.due[i])) FAIL("next() would sleep past timer " << i);
    }
  }
  REQUIRE(both.runs_as_expected(now + 1h));
  CHECK(both.timers.next() == std::nullopt);
}

}  // namespace
}  // namespace nbcrawl

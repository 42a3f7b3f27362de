// Many descriptors at once, high descriptor numbers, and changes in any order.

#include <sys/select.h>

#include <cerrno>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "catch2_shim.hpp"
#include "io/multiplexer.hpp"
#include "unit/io/descriptors.hpp"
#include "unit/io/every_multiplexer.hpp"

namespace nbcrawl {
namespace {

using namespace std::chrono_literals;

constexpr Interest reading{.readable = true};

std::unique_ptr<Multiplexer> open(MultiplexerKind kind) {
  auto made = make_multiplexer(kind);
  REQUIRE(made);
  return std::move(*made);
}

std::vector<EventCounter> watch_many(Multiplexer& multiplexer, std::uint32_t count) {
  std::vector<EventCounter> counters(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    REQUIRE(multiplexer.add(counters[i].fd(), reading, {.slot = i, .generation = i * 3}));
  }
  return counters;
}

/// Waits again and again, clearing what is reported, until nothing more is ready. Fails on a report that comes twice.
std::set<std::uint32_t> collect(Multiplexer& multiplexer, const std::vector<EventCounter>& counters) {
  std::set<std::uint32_t> seen;
  std::vector<Ready> ready;
  do {
    REQUIRE(multiplexer.wait(Duration::zero(), ready));
    for (const Ready& report : ready) {
      REQUIRE(report.token.slot < counters.size());
      REQUIRE(report.token.generation == report.token.slot * 3);
      REQUIRE(report.readable);
      REQUIRE_FALSE(report.writable);
      REQUIRE(seen.insert(report.token.slot).second);
      counters[report.token.slot].clear();
    }
  } while (!ready.empty());
  return seen;
}

void check_many(Multiplexer& multiplexer, std::uint32_t count) {
  const std::vector<EventCounter> counters = watch_many(multiplexer, count);
  CHECK(collect(multiplexer, counters).empty());

  const std::set<std::uint32_t> few{0, 1, count / 2, count - 2, count - 1};
  for (const std::uint32_t i : few) counters[i].signal();
  CHECK(collect(multiplexer, counters) == few);

  for (const EventCounter& counter : counters) counter.signal();
  CHECK(collect(multiplexer, counters).size() == count);

  for (std::uint32_t i = 0; i < count; i += 2) multiplexer.remove(counters[i].fd());
  for (const EventCounter& counter : counters) counter.signal();
  const std::set<std::uint32_t> rest = collect(multiplexer, counters);
  CHECK(rest.size() == count / 2);
  CHECK(rest.count(0) == 0);
  CHECK(rest.count(1) == 1);
}

TEMPLATE_TEST_CASE("every backend watches 900 descriptors", "[multiplexer]", Select, Poll, Epoll) {
  if (!can_open(900)) return;
  check_many(*open(TestType::kind), 900);
}

TEMPLATE_TEST_CASE("poll and epoll watch 4,000 descriptors", "[multiplexer]", Poll, Epoll) {
  if (!can_open(4000)) return;
  check_many(*open(TestType::kind), 4000);
}

TEMPLATE_TEST_CASE("all of 4,000 ready descriptors get their turn though none is cleared", "[multiplexer]", Poll,
                   Epoll) {
  // epoll hands out a bounded number of reports a wait: the rest must not starve.
  if (!can_open(4000)) return;
  const auto multiplexer = open(TestType::kind);
  const std::vector<EventCounter> counters = watch_many(*multiplexer, 4000);
  for (const EventCounter& counter : counters) counter.signal();
  std::set<std::uint32_t> seen;
  std::vector<Ready> ready;
  for (int pass = 0; pass < 20; ++pass) {
    REQUIRE(multiplexer->wait(Duration::zero(), ready));
    for (const Ready& report : ready) seen.insert(report.token.slot);
  }
  CHECK(seen.size() == 4000);
}

TEMPLATE_TEST_CASE("the highest descriptor select can hold is FD_SETSIZE - 1", "[multiplexer]", Select, Poll, Epoll) {
  if (!can_open(FD_SETSIZE)) return;
  const auto multiplexer = open(TestType::kind);
  const EventCounter counter;
  const UniqueFd last = duplicate_from(counter.fd(), FD_SETSIZE - 1);
  REQUIRE(last.get() == FD_SETSIZE - 1);
  REQUIRE(multiplexer->add(last.get(), reading, {.slot = 1}));
  counter.signal();
  std::vector<Ready> ready;
  REQUIRE(multiplexer->wait(20s, ready));
  REQUIRE(ready.size() == 1);
  CHECK(ready[0].token == Token{.slot = 1});
}

TEMPLATE_TEST_CASE("a descriptor beyond FD_SETSIZE is refused by select with an error value, and only by select",
                   "[multiplexer]", Select, Poll, Epoll) {
  const int number = GENERATE(static_cast<int>(FD_SETSIZE), FD_SETSIZE + 1, 3 * FD_SETSIZE);
  if (!can_open(number)) return;
  const auto multiplexer = open(TestType::kind);
  const EventCounter low;
  const EventCounter counter;
  const UniqueFd high = duplicate_from(counter.fd(), number);
  REQUIRE(high.get() >= number);
  REQUIRE(multiplexer->add(low.fd(), reading, {.slot = 0}));

  const auto added = multiplexer->add(high.get(), reading, {.slot = 1});
  low.signal();
  counter.signal();
  std::vector<Ready> ready;
  if (TestType::kind == MultiplexerKind::select) {
    REQUIRE_FALSE(added);
    CHECK(added.error().kind == ErrorKind::out_of_descriptors);
    CHECK(added.error().detail.find(std::to_string(high.get())) != std::string::npos);
    multiplexer->remove(high.get());
    REQUIRE(multiplexer->wait(20s, ready));
    REQUIRE(ready.size() == 1);
    CHECK(ready[0].token == Token{.slot = 0});
  } else {
    REQUIRE(added);
    REQUIRE(multiplexer->wait(20s, ready));
    CHECK(ready.size() == 2);
  }
}

/// What a multiplexer must report, kept in the simplest way there is.
struct Model {
  struct Entry {
    Interest interest;
    Token token;
  };
  std::map<std::size_t, Entry> watched;
  std::set<std::size_t> signalled;

  [[nodiscard]] std::map<std::uint32_t, Interest> expected() const {
    std::map<std::uint32_t, Interest> reports;
    for (const auto& [i, entry] : watched) {
      const Interest report{.readable = entry.interest.readable && signalled.count(i) != 0,
                            .writable = entry.interest.writable};
      if (report != Interest{}) reports.emplace(entry.token.slot, report);
    }
    return reports;
  }
};

TEMPLATE_TEST_CASE("after any series of changes the reports are those of a simple model", "[multiplexer]", Select, Poll,
                   Epoll) {
  const auto multiplexer = open(TestType::kind);
  const std::vector<EventCounter> counters(60);
  Model model;
  std::mt19937 random(20261123);
  const auto below = [&random](std::uint32_t limit) { return static_cast<std::uint32_t>(random() % limit); };
  const auto some_interest = [&] { return Interest{.readable = below(2) == 0, .writable = below(4) == 0}; };
  std::uint32_t next_slot = 0;
  std::vector<Ready> ready;

  for (int step = 0; step < 5000; ++step) {
    const std::size_t i = below(60);
    const bool watched = model.watched.count(i) != 0;
    switch (below(4)) {
      case 0:
        if (!watched) {
          const Model::Entry entry{.interest = some_interest(), .token = {.slot = next_slot++}};
          REQUIRE(multiplexer->add(counters[i].fd(), entry.interest, entry.token));
          model.watched.emplace(i, entry);
        }
        break;
      case 1:
        if (watched) {
          model.watched[i].interest = some_interest();
          REQUIRE(multiplexer->modify(counters[i].fd(), model.watched[i].interest, model.watched[i].token));
        }
        break;
      case 2:
        if (watched && below(2) == 0) {
          multiplexer->remove(counters[i].fd());
          model.watched.erase(i);
        }
        break;
      default:
        if (model.signalled.insert(i).second) {
          counters[i].signal();
        } else {
          counters[i].clear();
          model.signalled.erase(i);
        }
    }
    REQUIRE(multiplexer->wait(Duration::zero(), ready));
    std::map<std::uint32_t, Interest> reports;
    for (const Ready& report : ready) {
      REQUIRE(reports.emplace(report.token.slot, Interest{report.readable, report.writable}).second);
    }
    REQUIRE((reports == model.expected()));
  }
}

}  // namespace
}  // namespace nbcrawl

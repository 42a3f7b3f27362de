#include "schedule/schedule.hpp"

#include <functional>
#include <map>
#include <random>

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

Attempt attempt_for(const std::string& host, std::uint64_t index, const std::string& key = "") {
  Attempt attempt;
  attempt.job = {.url = *Url::parse("http://" + host + "/")};
  attempt.job.index = index;
  if (!key.empty()) {
    attempt.job.options = std::make_unique<JobOptions>();
    attempt.job.options->key = key;
  }
  return attempt;
}

using std::chrono::milliseconds;

constexpr TimePoint now{};

std::uint64_t next_index(Schedule& schedule) {
  auto next = schedule.next(now);
  REQUIRE(next);
  return next->job.index;
}

TEST_CASE("a host's jobs start in order, up to its limit", "[schedule]") {
  Schedule schedule({.per_host = 2});
  for (std::uint64_t i = 0; i < 4; ++i) schedule.add(attempt_for("a", i));
  CHECK(next_index(schedule) == 0);
  CHECK(next_index(schedule) == 1);
  CHECK_FALSE(schedule.next(now));
  schedule.release("a", now);
  CHECK(next_index(schedule) == 2);
  CHECK_FALSE(schedule.next(now));
  CHECK(schedule.waiting() == 1);
}

TEST_CASE("ten thousand jobs of one host hold up nobody", "[schedule]") {
  Schedule schedule({.per_host = 8});
  for (std::uint64_t i = 0; i < 10'000; ++i) schedule.add(attempt_for("slow", i));
  for (std::uint64_t i = 0; i < 8; ++i) next_index(schedule);
  CHECK_FALSE(schedule.next(now));
  schedule.add(attempt_for("quick", 10'000));
  CHECK(next_index(schedule) == 10'000);
}

TEST_CASE("hosts take turns", "[schedule]") {
  Schedule schedule({.per_host = 10});
  for (std::uint64_t i = 0; i < 3; ++i) schedule.add(attempt_for("a", i));
  for (std::uint64_t i = 3; i < 6; ++i) schedule.add(attempt_for("b", i));
  std::vector<std::uint64_t> order;
  while (auto next = schedule.next(now)) order.push_back(next->job.index);
  CHECK(order == std::vector<std::uint64_t>{0, 3, 1, 4, 2, 5});
}

TEST_CASE("a preferred host comes before its turn, until others have waited long enough", "[schedule]") {
  Schedule schedule({.per_host = 1, .in_a_row = 2});
  for (std::uint64_t i = 0; i < 6; ++i) schedule.add(attempt_for("a", i));
  schedule.add(attempt_for("b", 6));
  schedule.add(attempt_for("c", 7));
  std::vector<std::uint64_t> order;
  std::string preferred;
  while (auto next = schedule.next(now, preferred)) {
    order.push_back(next->job.index);
    preferred = next->job.url.host();
    schedule.release(preferred, now);
  }
  CHECK(order == std::vector<std::uint64_t>{0, 1, 2, 6, 7, 3, 4, 5});
}

TEST_CASE("a preferred host keeps its limit, its hold and its place", "[schedule]") {
  Schedule schedule({.per_host = 1, .in_a_row = 9});
  CHECK_FALSE(schedule.next(now, "unknown"));
  schedule.add(attempt_for("a", 0));
  schedule.add(attempt_for("a", 1));
  schedule.add(attempt_for("b", 2));
  CHECK(schedule.worth_waiting() == 18);
  CHECK(schedule.next(now, "a")->job.index == 0);
  CHECK(schedule.next(now, "a")->job.index == 2);
  schedule.release("a", now);
  schedule.hold("a", now + std::chrono::seconds(1));
  CHECK_FALSE(schedule.next(now, "a"));
  CHECK(schedule.next(now + std::chrono::seconds(1), "a")->job.index == 1);
}

TEST_CASE("a key groups hosts", "[schedule]") {
  Schedule schedule({.per_host = 1});
  schedule.add(attempt_for("a", 0, "group"));
  schedule.add(attempt_for("b", 1, "group"));
  CHECK(next_index(schedule) == 0);
  CHECK_FALSE(schedule.next(now));
  schedule.release("group", now);
  CHECK(next_index(schedule) == 1);
}

TEST_CASE("next_if lets only the job that is due through", "[schedule]") {
  Schedule schedule({.per_host = 1});
  schedule.add(attempt_for("a", 3));
  schedule.add(attempt_for("b", 4));
  CHECK_FALSE(schedule.next_if(2, now));
  CHECK_FALSE(schedule.next_if(5, now));
  auto due = schedule.next_if(4, now);
  REQUIRE(due);
  CHECK(due->job.index == 4);
  CHECK(next_index(schedule) == 3);
  CHECK_FALSE(schedule.next(now));
}

TEST_CASE("the job that is due is found wherever it stands in its queue", "[schedule]") {
  Schedule schedule({.per_host = 9});
  for (const std::string host : {"a", "b", "c"}) {
    for (const std::uint64_t index : {10, 11, 12}) schedule.add(attempt_for(host, index));
  }
  schedule.add(attempt_for("b", 1));  // a redirect led there
  schedule.add(attempt_for("c", 13));
  schedule.add(attempt_for("c", 2));
  schedule.add_at(attempt_for("a", 3), now + milliseconds(500));  // to be tried again
  CHECK(schedule.next_if(1, now)->job.url.host() == "b");
  CHECK(schedule.next_if(2, now)->job.url.host() == "c");
  CHECK_FALSE(schedule.next_if(3, now));
  CHECK(schedule.next_if(3, now + milliseconds(500))->job.url.host() == "a");
  CHECK_FALSE(schedule.next_if(1, now));
  CHECK(schedule.waiting() == 10);
  std::vector<std::uint64_t> of_c;
  while (auto next = schedule.next(now + milliseconds(500))) {
    if (next->job.url.host() == "c") of_c.push_back(next->job.index);
  }
  CHECK(of_c == std::vector<std::uint64_t>{10, 11, 12, 13});
}

TEST_CASE("the job that is due keeps its host's limit, its hold and the gaps", "[schedule]") {
  Schedule schedule({.per_host = 1, .gap = milliseconds(10)});
  schedule.add(attempt_for("a", 1));
  schedule.add(attempt_for("a", 2));
  schedule.add(attempt_for("a", 0));
  CHECK(next_index(schedule) == 1);
  CHECK_FALSE(schedule.next_if(0, now + milliseconds(20)));
  schedule.release("a", now);
  CHECK_FALSE(schedule.next_if(0, now + milliseconds(9)));
  schedule.hold("a", now + milliseconds(30));
  CHECK_FALSE(schedule.next_if(0, now + milliseconds(29)));
  CHECK(schedule.next_if(0, now + milliseconds(30))->job.index == 0);
}

TEST_CASE("only what the job that is due waits for is worth waking up for", "[schedule]") {
  Schedule schedule({.per_host = 1, .gap = milliseconds(10)});
  for (const std::uint64_t index : {5, 6, 0}) schedule.add(attempt_for("a", index));
  schedule.add(attempt_for("b", 7));
  schedule.add_at(attempt_for("b", 1), now + milliseconds(500));
  schedule.add_at(attempt_for("b", 8), now + milliseconds(100));
  CHECK(schedule.wakeup_if(0) <= now);
  CHECK_FALSE(schedule.wakeup_if(4));  // is under way, or done with
  CHECK(schedule.wakeup_if(1) == now + milliseconds(500));
  CHECK(next_index(schedule) == 5);
  CHECK_FALSE(schedule.wakeup_if(0));  // its host is at its limit
  schedule.release("a", now);
  CHECK(schedule.wakeup_if(0) == now + milliseconds(10));  // the gap
  schedule.hold("a", now + milliseconds(200));
  CHECK(schedule.wakeup_if(0) == now + milliseconds(200));
  CHECK(schedule.next_if(0, now + milliseconds(200))->job.index == 0);
  CHECK(schedule.wakeup_if(7) == now + milliseconds(210));
}

TEST_CASE("the job that is due waits for its host's connection no longer than others", "[schedule]") {
  Schedule schedule({.per_host = 9, .patience = milliseconds(90)});
  for (const std::uint64_t index : {5, 6, 0}) schedule.add(attempt_for("a", index));
  CHECK(next_index(schedule) == 5);
  CHECK_FALSE(schedule.next_if(0, now));
  const auto when = schedule.wakeup_if(0);
  REQUIRE(when == now + milliseconds(45));
  schedule.lose_patience(*when);
  CHECK(schedule.next_if(0, *when)->job.index == 0);
}

TEST_CASE("a host that is held starts nothing until its time, others do", "[schedule]") {
  Schedule schedule({.per_host = 2});
  schedule.add(attempt_for("a", 0));
  schedule.hold("a", now + std::chrono::seconds(5));
  schedule.add(attempt_for("a", 1));
  schedule.add(attempt_for("b", 2));
  CHECK(next_index(schedule) == 2);
  CHECK_FALSE(schedule.next(now + milliseconds(4999)));
  CHECK(schedule.wakeup() == now + std::chrono::seconds(5));
  schedule.hold("a", now + std::chrono::seconds(3));  // never shortens
  CHECK(schedule.wakeup() == now + std::chrono::seconds(5));
  schedule.hold("a", now + std::chrono::seconds(7));
  CHECK_FALSE(schedule.next(now + std::chrono::seconds(6)));
  CHECK(schedule.next(now + std::chrono::seconds(7))->job.index == 0);
  CHECK(schedule.next(now + std::chrono::seconds(7))->job.index == 1);
}

TEST_CASE("a hold outlives the host's last attempt", "[schedule]") {
  Schedule schedule({.per_host = 2});
  schedule.add(attempt_for("a", 0));
  next_index(schedule);
  schedule.hold("a", now + std::chrono::seconds(5));
  schedule.release("a", now);
  schedule.add(attempt_for("a", 1));
  CHECK_FALSE(schedule.next(now + std::chrono::seconds(4)));
  CHECK(schedule.next(now + std::chrono::seconds(5))->job.index == 1);
}

TEST_CASE("an attempt for later waits for its time and holds no slot", "[schedule]") {
  Schedule schedule({.per_host = 1});
  schedule.add_at(attempt_for("a", 0), now + std::chrono::seconds(2));
  schedule.add(attempt_for("a", 1));
  CHECK(schedule.waiting() == 2);
  CHECK(next_index(schedule) == 1);
  schedule.release("a", now);
  CHECK_FALSE(schedule.next(now + std::chrono::seconds(1)));
  CHECK(schedule.wakeup() == now + std::chrono::seconds(2));
  CHECK(schedule.next(now + std::chrono::seconds(2))->job.index == 0);
  CHECK(schedule.waiting() == 0);
}

TEST_CASE("gaps keep starts apart, to one host and in all", "[schedule]") {
  Schedule schedule({.per_host = 9, .host_gap = milliseconds(100), .gap = milliseconds(10)});
  for (std::uint64_t i = 0; i < 3; ++i) schedule.add(attempt_for("a", i));
  schedule.add(attempt_for("b", 3));
  CHECK(next_index(schedule) == 0);
  CHECK_FALSE(schedule.next(now));
  CHECK(schedule.wakeup() == now + milliseconds(10));
  CHECK(schedule.next(now + milliseconds(10))->job.index == 3);
  CHECK_FALSE(schedule.next(now + milliseconds(99)));
  CHECK(schedule.next(now + milliseconds(100))->job.index == 1);
  schedule.release("a", now);
  CHECK_FALSE(schedule.next(now + milliseconds(199)));
  CHECK(schedule.next(now + milliseconds(200))->job.index == 2);
}

TEST_CASE("a host's jobs wait for the connection it has, while it answers fast enough", "[schedule]") {
  Schedule schedule({.per_host = 9, .patience = milliseconds(90)});
  for (std::uint64_t i = 0; i < 10; ++i) schedule.add(attempt_for("a", i));
  schedule.add(attempt_for("b", 10));
  CHECK(next_index(schedule) == 0);
  CHECK(next_index(schedule) == 10);
  CHECK_FALSE(schedule.next(now));
  // Nine wait: the last of them would wait for 90 ms if each took ten. The first may take longer, with its connection.
  CHECK(schedule.wakeup() == now + Duration(milliseconds(90)) / 4);
  schedule.lose_patience(now + milliseconds(9));
  CHECK_FALSE(schedule.next(now + milliseconds(9)));
  schedule.release("a", now + milliseconds(9));
  CHECK(schedule.next(now + milliseconds(9))->job.index == 1);
  CHECK_FALSE(schedule.next(now + milliseconds(9)));
  CHECK(schedule.wakeup() == now + milliseconds(9) + Duration(milliseconds(90)) / 8);
  // Between two passes only, and then until so few wait that these may go on waiting.
  CHECK_FALSE(schedule.next(now + milliseconds(30)));
  schedule.lose_patience(now + milliseconds(30));
  for (std::uint64_t i = 2; i < 6; ++i) CHECK(schedule.next(now + milliseconds(30))->job.index == i);
  CHECK_FALSE(schedule.next(now + milliseconds(30)));
  CHECK(schedule.wakeup() == now + milliseconds(9) + Duration(milliseconds(90)) / 4);
}

TEST_CASE("connections that were opened are used, and a long queue is worth all of them", "[schedule]") {
  Schedule schedule({.per_host = 3, .in_a_row = 4, .patience = std::chrono::seconds(1)});
  for (std::uint64_t i = 0; i < 4; ++i) schedule.add(attempt_for("a", i));
  CHECK(next_index(schedule) == 0);
  CHECK_FALSE(schedule.next(now));
  schedule.add(attempt_for("a", 4));
  CHECK(next_index(schedule) == 1);
  CHECK_FALSE(schedule.next(now));
  schedule.release("a", now);
  CHECK(next_index(schedule) == 2);
  schedule.release("a", now);
  schedule.release("a", now);
  CHECK(next_index(schedule) == 3);
  CHECK(next_index(schedule) == 4);
}

TEST_CASE("a host that comes again, or another one in its place, begins anew", "[schedule]") {
  Schedule schedule({.per_host = 3, .in_a_row = 3, .patience = std::chrono::seconds(1)});
  for (std::uint64_t i = 0; i < 3; ++i) schedule.add(attempt_for("a", i));
  CHECK(next_index(schedule) == 0);
  constexpr TimePoint later = now + std::chrono::seconds(1);
  schedule.lose_patience(later);
  CHECK(schedule.next(later));
  CHECK(schedule.next(later));
  for (std::uint64_t i = 0; i < 3; ++i) schedule.release("a", later);
  for (const std::string host : {"a", "b"}) {
    for (std::uint64_t i = 0; i < 2; ++i) schedule.add(attempt_for(host, i));
    CHECK(schedule.next(later)->job.index == 0);
    CHECK_FALSE(schedule.next(later));
    CHECK(schedule.under_way(host) == 1);
    schedule.release(host, later);
    CHECK(schedule.next(later)->job.index == 1);
    schedule.release(host, later);
    CHECK(schedule.under_way(host) == 0);
    CHECK(schedule.worth_waiting() == 0);
  }
}

TEST_CASE("a host that is held while its jobs wait for its connection starts when the hold is over", "[schedule]") {
  Schedule schedule({.per_host = 3, .patience = std::chrono::seconds(1)});
  for (std::uint64_t i = 0; i < 3; ++i) schedule.add(attempt_for("a", i));
  CHECK(next_index(schedule) == 0);
  schedule.hold("a", now + std::chrono::seconds(5));
  schedule.release("a", now);
  schedule.lose_patience(now + std::chrono::seconds(4));
  CHECK_FALSE(schedule.next(now + std::chrono::seconds(4)));
  CHECK(schedule.next(now + std::chrono::seconds(5))->job.index == 1);
}

TEST_CASE("all that a job brings along counts while it waits", "[schedule]") {
  struct Row {
    const char* what;
    std::function<void(Attempt&, std::string)> give;
  };
  const auto option = [](std::string JobOptions::* member) {
    return [member](Attempt& attempt, std::string text) { attempt.job.options.get()->*member = std::move(text); };
  };
  const auto url = [](const std::string& text) { return *Url::parse("http://" + text); };
  const std::vector<Row> rows{
      {"url", [&](Attempt& attempt, const std::string& text) { attempt.job.url = url("a/" + text); }},
      {"user name", [&](Attempt& attempt, const std::string& text) { attempt.job.url = url(text + "@a/"); }},
      {"password", [&](Attempt& attempt, const std::string& text) { attempt.job.url = url("u:" + text + "@a/"); }},
      {"callbacks", [](Attempt& attempt, std::string text) { attempt.job.callbacks.push_back(std::move(text)); }},
      {"id", [](Attempt& attempt, std::string text) { attempt.job.id = std::move(text); }},
      {"method", option(&JobOptions::method)},
      {"header name",
       [](Attempt& attempt, std::string text) { attempt.job.options->headers = {{std::move(text), ""}}; }},
      {"header value",
       [](Attempt& attempt, std::string text) { attempt.job.options->headers = {{"", std::move(text)}}; }},
      {"headers",
       [](Attempt& attempt, const std::string& text) { attempt.job.options->headers.resize(text.size() / 60); }},
      {"body", [](Attempt& attempt, std::string text) { attempt.job.options->body = std::move(text); }},
      {"body_file", option(&JobOptions::body_file)},
      {"proxy", [](Attempt& attempt, std::string text) { attempt.job.options->proxy = std::move(text); }},
      {"key", option(&JobOptions::key)},
      {"charset", option(&JobOptions::charset)},
      {"output", option(&JobOptions::output)},
      {"meta", option(&JobOptions::meta)},
      {"where redirects led",
       [&](Attempt& attempt, const std::string& text) { attempt.progress->url = url("a/" + text); }},
      {"redirects",
       [](Attempt& attempt, std::string text) { attempt.progress->exchange.chain = {{.url = std::move(text)}}; }},
      {"cookies", [](Attempt& attempt, std::string text) { attempt.cookies = std::move(text); }},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    Attempt attempt = attempt_for("a", 0, "key");
    attempt.progress = std::make_unique<Progress>(Progress{.url = attempt.job.url});
    row.give(attempt, std::string(100'000, 'x'));
    Schedule schedule({.per_host = 1});
    schedule.add_at(std::move(attempt), now);
    CHECK(schedule.waiting_bytes() > 100'000);
    CHECK(schedule.waiting_bytes() < 110'000);
    CHECK(schedule.next(now));
    CHECK(schedule.waiting_bytes() == 0);
  }
}

TEST_CASE("random runs never pass a limit, lose a job or hold one back", "[schedule]") {
  std::mt19937 random(7);
  constexpr std::size_t limit = 3;
  const bool patient = GENERATE(false, true);
  Schedule schedule({.per_host = limit, .in_a_row = 3, .patience = milliseconds(patient ? 10 : 0)});
  TimePoint time = now;
  std::map<std::string, std::size_t> under_way;
  std::vector<std::string> started;
  std::uint64_t added = 0;
  std::size_t seen = 0;
  for (int step = 0; step < 20'000; ++step) {
    switch (random() % 3) {
      case 0: schedule.add(attempt_for("h" + std::to_string(random() % 50), added++)); break;
      case 1:
        if (auto next = schedule.next(time)) {
          const std::string host(next->job.url.host());
          REQUIRE(++under_way[host] <= limit);
          started.push_back(host);
          ++seen;
        }
        break;
      default:
        if (!started.empty()) {
          std::swap(started[random() % started.size()], started.back());
          --under_way[started.back()];
          schedule.release(started.back(), time);
          started.pop_back();
        }
    }
    REQUIRE(schedule.waiting() == added - seen);
    time += milliseconds(1);
    schedule.lose_patience(time);
  }
  while (schedule.waiting() > 0) {
    while (auto next = schedule.next(time)) {
      started.emplace_back(next->job.url.host());
      ++seen;
    }
    for (const std::string& host : started) schedule.release(host, time);
    started.clear();
  }
  CHECK(seen == added);
}

}  // namespace
}  // namespace nbcrawl

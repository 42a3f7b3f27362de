#include "schedule/schedule.hpp"

#include <map>
#include <random>

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

Job job_for(const std::string& host, std::uint64_t index, const std::string& key = "") {
  Job job{.url = *Url::parse("http://" + host + "/")};
  job.index = index;
  if (!key.empty()) {
    job.options = std::make_unique<JobOptions>();
    job.options->key = key;
  }
  return job;
}

std::uint64_t next_index(Schedule& schedule) {
  auto next = schedule.next();
  REQUIRE(next);
  return next->job.index;
}

TEST_CASE("a host's jobs start in order, up to its limit", "[schedule]") {
  Schedule schedule(2);
  for (std::uint64_t i = 0; i < 4; ++i) schedule.add(job_for("a", i), {});
  CHECK(next_index(schedule) == 0);
  CHECK(next_index(schedule) == 1);
  CHECK_FALSE(schedule.next());
  schedule.release("a");
  CHECK(next_index(schedule) == 2);
  CHECK_FALSE(schedule.next());
  CHECK(schedule.waiting() == 1);
}

TEST_CASE("ten thousand jobs of one host hold up nobody", "[schedule]") {
  Schedule schedule(8);
  for (std::uint64_t i = 0; i < 10'000; ++i) schedule.add(job_for("slow", i), {});
  for (std::uint64_t i = 0; i < 8; ++i) next_index(schedule);
  CHECK_FALSE(schedule.next());
  schedule.add(job_for("quick", 10'000), {});
  CHECK(next_index(schedule) == 10'000);
}

TEST_CASE("hosts take turns", "[schedule]") {
  Schedule schedule(10);
  for (std::uint64_t i = 0; i < 3; ++i) schedule.add(job_for("a", i), {});
  for (std::uint64_t i = 3; i < 6; ++i) schedule.add(job_for("b", i), {});
  std::vector<std::uint64_t> order;
  while (auto next = schedule.next()) order.push_back(next->job.index);
  CHECK(order == std::vector<std::uint64_t>{0, 3, 1, 4, 2, 5});
}

TEST_CASE("a key groups hosts", "[schedule]") {
  Schedule schedule(1);
  schedule.add(job_for("a", 0, "group"), {});
  schedule.add(job_for("b", 1, "group"), {});
  CHECK(next_index(schedule) == 0);
  CHECK_FALSE(schedule.next());
  schedule.release("group");
  CHECK(next_index(schedule) == 1);
}

TEST_CASE("next_if lets only the job that is due through", "[schedule]") {
  Schedule schedule(1);
  schedule.add(job_for("a", 3), {});
  schedule.add(job_for("b", 4), {});
  CHECK_FALSE(schedule.next_if(2));
  CHECK_FALSE(schedule.next_if(5));
  auto due = schedule.next_if(4);
  REQUIRE(due);
  CHECK(due->job.index == 4);
  CHECK(next_index(schedule) == 3);
  CHECK_FALSE(schedule.next());
}

TEST_CASE("drain empties every queue, limits or not", "[schedule]") {
  Schedule schedule(1);
  for (std::uint64_t i = 0; i < 5; ++i) schedule.add(job_for(i % 2 == 0 ? "a" : "b", i), {});
  next_index(schedule);
  std::size_t drained = 0;
  while (schedule.drain()) ++drained;
  CHECK(drained == 4);
  CHECK(schedule.waiting() == 0);
  schedule.release("a");  // of a job under way: nothing to come back to
}

TEST_CASE("random runs never pass a limit, lose a job or hold one back", "[schedule]") {
  std::mt19937 random(7);
  constexpr std::size_t limit = 3;
  Schedule schedule(limit);
  std::map<std::string, std::size_t> under_way;
  std::vector<std::string> started;
  std::uint64_t added = 0;
  std::size_t seen = 0;
  for (int step = 0; step < 20'000; ++step) {
    switch (random() % 3) {
      case 0: schedule.add(job_for("h" + std::to_string(random() % 50), added++), {}); break;
      case 1:
        if (auto next = schedule.next()) {
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
          schedule.release(started.back());
          started.pop_back();
        }
    }
    REQUIRE(schedule.waiting() == added - seen);
  }
  while (schedule.waiting() > 0) {
    while (auto next = schedule.next()) {
      started.emplace_back(next->job.url.host());
      ++seen;
    }
    for (const std::string& host : started) schedule.release(host);
    started.clear();
  }
  CHECK(seen == added);
}

}  // namespace
}  // namespace nbcrawl

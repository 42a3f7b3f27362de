#include "io/mailbox.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "catch2_shim.hpp"
#include "unit/io/every_multiplexer.hpp"
#include "unit/io/scripted_pollable.hpp"

// Under ThreadSanitizer (cmake --preset tsan) these say whether the way between two loops is free of races.
namespace nbcrawl {
namespace {

std::unique_ptr<Mailbox> open_mailbox(EventLoop& loop) {
  auto mailbox = Mailbox::create(loop);
  REQUIRE(mailbox);
  return std::move(*mailbox);
}

TEMPLATE_TEST_CASE("what other threads post runs on the loop's thread, each thread's tasks in order", "[mailbox]",
                   Select, Poll, Epoll) {
  constexpr int threads = 4;
  constexpr int tasks = 5'000;
  const auto loop = open_loop(TestType::kind);
  const auto mailbox = open_mailbox(*loop);
  std::array<int, threads> next{};  // not atomic: only the loop's thread may touch it
  int out_of_order = 0;
  int elsewhere = 0;
  const auto here = std::this_thread::get_id();
  std::vector<std::thread> posting;
  for (int i = 0; i < threads; ++i) {
    posting.emplace_back([&, i] {
      for (int number = 0; number < tasks; ++number) {
        mailbox->post([&, i, number] {
          out_of_order += next[i] == number ? 0 : 1;
          elsewhere += std::this_thread::get_id() == here ? 0 : 1;
          ++next[i];
        });
      }
    });
  }
  while (next != std::array<int, threads>{tasks, tasks, tasks, tasks}) REQUIRE(loop->run_once());
  for (std::thread& thread : posting) thread.join();
  CHECK(out_of_order == 0);
  CHECK(elsewhere == 0);
}

TEST_CASE("a task that posts again is heard in a later pass", "[mailbox]") {
  const auto loop = open_loop(std::nullopt);
  const auto mailbox = open_mailbox(*loop);
  int runs = 0;
  mailbox->post([&] {
    ++runs;
    mailbox->post([&] { ++runs; });
  });
  REQUIRE(loop->run_once());
  CHECK(runs == 1);
  REQUIRE(loop->run_once());
  CHECK(runs == 2);
  REQUIRE(loop->run_once(true));
  CHECK(runs == 2);
}

TEST_CASE("two loops hand a task to and fro", "[mailbox]") {
  constexpr int times = 2'000;
  const auto here = open_loop(std::nullopt);
  const auto there = open_loop(std::nullopt);
  const auto here_box = open_mailbox(*here);
  const auto there_box = open_mailbox(*there);
  int came_back = 0;
  bool done = false;
  std::thread other([&] {
    while (!done) {
      if (!there->run_once()) return;
    }
  });
  while (came_back < times) {
    there_box->post([&] { here_box->post([&] { ++came_back; }); });
    REQUIRE(here->run_once());
  }
  there_box->post([&] { done = true; });
  other.join();
  CHECK(came_back == times);
}

TEST_CASE("what was not run goes with the mailbox", "[mailbox]") {
  const auto loop = open_loop(std::nullopt);
  const auto owned = std::make_shared<int>(1);
  {
    const auto mailbox = open_mailbox(*loop);
    mailbox->post([owned] { FAIL("nobody asked for it"); });
    CHECK(owned.use_count() == 2);
  }
  CHECK(owned.use_count() == 1);
  CHECK(loop->watched() == 0);
}

}  // namespace
}  // namespace nbcrawl

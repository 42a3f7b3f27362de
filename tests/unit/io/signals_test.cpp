#include "io/signals.hpp"

#include <unistd.h>

#include <array>
#include <csignal>
#include <memory>
#include <vector>

#include "catch2_shim.hpp"
#include "unit/io/every_multiplexer.hpp"
#include "unit/io/scripted_pollable.hpp"

namespace nbcrawl {
namespace {

bool is_blocked(int signal) {
  sigset_t mask;
  REQUIRE(::pthread_sigmask(SIG_BLOCK, nullptr, &mask) == 0);
  return sigismember(&mask, signal) == 1;
}

TEMPLATE_TEST_CASE("signals come through the loop", "[signals]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  std::vector<int> seen;
  const auto signals =
      Signals::watch(*loop, std::array{SIGUSR1, SIGUSR2, SIGURG}, [&](int signal) { seen.push_back(signal); });
  REQUIRE(signals);
  REQUIRE(loop->run_once(true));
  CHECK(seen.empty());

  REQUIRE(::kill(::getpid(), SIGUSR1) == 0);
  CHECK(seen.empty());  // no handler ran: the call waits for the loop
  REQUIRE(loop->run_once());
  CHECK(seen == std::vector{SIGUSR1});

  REQUIRE(::kill(::getpid(), SIGUSR2) == 0);
  REQUIRE(::kill(::getpid(), SIGURG) == 0);
  REQUIRE(loop->run_once());
  REQUIRE(seen.size() == 3);
  CHECK(seen[1] + seen[2] == SIGURG + SIGUSR2);

  REQUIRE(loop->run_once(true));
  CHECK(seen.size() == 3);
}

TEST_CASE("the same signal again at once is no other one, and later it is", "[signals]") {
  const auto loop = open_loop(MultiplexerKind::poll);
  std::vector<int> seen;
  const auto signals = Signals::watch(*loop, std::array{SIGUSR1, SIGUSR2}, [&](int signal) { seen.push_back(signal); });
  REQUIRE(signals);
  const auto receive = [&](int signal) {
    REQUIRE(::kill(::getpid(), signal) == 0);
    REQUIRE(loop->run_once());
  };
  receive(SIGUSR1);
  receive(SIGUSR1);
  CHECK(seen == std::vector{SIGUSR1});
  bool is_later = false;
  Timer timer(loop->timers(), [&] { is_later = true; });
  timer.arm(loop->now() + Signals::one_signal);
  while (!is_later) REQUIRE(loop->run_once());
  receive(SIGUSR1);
  receive(SIGUSR2);
  CHECK(seen == std::vector{SIGUSR1, SIGUSR1, SIGUSR2});
}

TEST_CASE("signals are blocked only while somebody watches them", "[signals]") {
  const auto loop = open_loop(MultiplexerKind::poll);
  REQUIRE_FALSE(is_blocked(SIGUSR1));
  {
    const auto signals = Signals::watch(*loop, std::array{SIGUSR1}, [](int) {});
    REQUIRE(signals);
    CHECK(is_blocked(SIGUSR1));
    CHECK_FALSE(is_blocked(SIGUSR2));
    CHECK(loop->watched() == 1);
  }
  CHECK_FALSE(is_blocked(SIGUSR1));
  CHECK(loop->watched() == 0);
}

}  // namespace
}  // namespace nbcrawl

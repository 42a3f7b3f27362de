// `--multiplexer auto`: select while it is enough, then epoll.

#include <sys/select.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <vector>

#include "catch2_shim.hpp"
#include "io/event_loop.hpp"
#include "unit/io/descriptors.hpp"
#include "unit/io/scripted_pollable.hpp"

namespace nbcrawl {
namespace {

constexpr Interest reading{.readable = true};
constexpr std::size_t enough = EventLoop::select_is_enough;

struct Watched {
  ScriptedPollable pollable;
  Registration registration;
};

std::vector<std::unique_ptr<Watched>> watch_many(EventLoop& loop, std::size_t count, Interest interest = reading) {
  std::vector<std::unique_ptr<Watched>> many;
  for (std::size_t i = 0; i < count; ++i) {
    many.push_back(std::make_unique<Watched>());
    many.back()->registration = watch(loop, many.back()->pollable, interest);
  }
  return many;
}

TEST_CASE("auto is select up to the size where select is enough, and epoll beyond", "[auto]") {
  const auto loop = open_loop(std::nullopt);
  CHECK(loop->multiplexer() == MultiplexerKind::select);
  auto many = watch_many(*loop, enough);
  CHECK(loop->multiplexer() == MultiplexerKind::select);
  auto more = watch_many(*loop, 1);
  CHECK(loop->multiplexer() == MultiplexerKind::epoll);
  CHECK(loop->watched() == enough + 1);
}

TEST_CASE("auto counts what is watched now, not what ever was", "[auto]") {
  const auto loop = open_loop(std::nullopt);
  for (int round = 0; round < 10; ++round) watch_many(*loop, enough);
  CHECK(loop->multiplexer() == MultiplexerKind::select);
}

TEST_CASE("a loop told to use select or poll never moves", "[auto]") {
  const auto kind = GENERATE(MultiplexerKind::select, MultiplexerKind::poll);
  const auto loop = open_loop(kind);
  const auto many = watch_many(*loop, 10 * enough);
  CHECK(loop->multiplexer() == kind);
}

TEST_CASE("every registration survives the move, with its interest", "[auto]") {
  const auto loop = open_loop(std::nullopt);
  auto many = watch_many(*loop, enough);
  // A hole, and slots that were used before: tokens must stay what they were.
  many[1].reset();
  many[2] = std::make_unique<Watched>();
  many[2]->registration = watch(*loop, many[2]->pollable, {});
  many[1] = std::make_unique<Watched>();
  many[1]->registration = watch(*loop, many[1]->pollable, reading);
  REQUIRE(many[3]->registration.set_interest({.writable = true}));
  many[4].reset();
  const auto more = watch_many(*loop, 2);
  REQUIRE(loop->multiplexer() == MultiplexerKind::epoll);

  for (const auto& watched : many) {
    if (watched) watched->pollable.counter.signal();
  }
  for (const auto& watched : more) watched->pollable.counter.signal();
  REQUIRE(loop->run_once());
  for (std::size_t i = 0; i < many.size(); ++i) {
    INFO("registration " << i);
    if (!many[i]) continue;
    CHECK(many[i]->pollable.calls == (i == 2 ? 0 : 1));
    if (i != 2) CHECK(many[i]->pollable.last == (i == 3 ? Interest{.writable = true} : reading));
  }
  for (const auto& watched : more) CHECK(watched->pollable.calls == 1);

  // They still change and end as before.
  REQUIRE(many[2]->registration.set_interest({.writable = true}));
  many[0].reset();
  REQUIRE(loop->run_once());
  CHECK(many[2]->pollable.calls == 1);
  many.clear();
  CHECK(loop->watched() == more.size());
}

TEST_CASE("the move may happen while the loop dispatches", "[auto]") {
  const auto loop = open_loop(std::nullopt);
  std::vector<std::unique_ptr<Watched>> more;
  const auto many = watch_many(*loop, enough);
  for (const auto& watched : many) {
    watched->pollable.counter.signal();
    watched->pollable.then = [&] {
      for (auto& one : watch_many(*loop, 3)) more.push_back(std::move(one));
    };
  }
  REQUIRE(loop->run_once());
  CHECK(loop->multiplexer() == MultiplexerKind::epoll);
  for (const auto& watched : many) CHECK(watched->pollable.calls == 1);
  CHECK(loop->watched() == 4 * enough);
}

TEST_CASE("a file that epoll refuses survives the move", "[auto]") {
  const auto loop = open_loop(std::nullopt);
  const UniqueFd disk = regular_file();
  ScriptedPollable file(disk.get());
  Registration registration = watch(*loop, file, {.writable = true});
  const auto many = watch_many(*loop, enough);
  REQUIRE(loop->multiplexer() == MultiplexerKind::epoll);
  REQUIRE(loop->run_once());
  CHECK(file.calls == 1);
  CHECK(file.last == Interest{.writable = true});
  REQUIRE(registration.set_interest(reading));
  REQUIRE(loop->run_once());
  CHECK(file.last == reading);
  registration.reset();
  REQUIRE(loop->run_once(true));
  CHECK(file.calls == 2);
}

TEST_CASE("auto moves to epoll for a descriptor beyond FD_SETSIZE", "[auto]") {
  if (!can_open(FD_SETSIZE)) return;
  const auto loop = open_loop(std::nullopt);
  ScriptedPollable low;
  const Registration first = watch(*loop, low, reading);
  const EventCounter counter;
  const UniqueFd high = duplicate_from(counter.fd(), FD_SETSIZE);
  ScriptedPollable beyond(high.get());
  const Registration second = watch(*loop, beyond, reading);
  CHECK(loop->multiplexer() == MultiplexerKind::epoll);
  low.counter.signal();
  counter.signal();
  REQUIRE(loop->run_once());
  CHECK(low.calls == 1);
  CHECK(beyond.calls == 1);
}

}  // namespace
}  // namespace nbcrawl

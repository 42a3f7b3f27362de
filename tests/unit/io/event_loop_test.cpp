#include "io/event_loop.hpp"

#include <cerrno>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "catch2_shim.hpp"
#include "unit/io/descriptors.hpp"
#include "unit/io/every_multiplexer.hpp"
#include "unit/io/scripted_pollable.hpp"

namespace nbcrawl {
namespace {

using namespace std::chrono_literals;

constexpr Interest reading{.readable = true};
constexpr Interest writing{.writable = true};

TEMPLATE_TEST_CASE("the loop calls who is ready, with what is ready", "[loop]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  CHECK(loop->multiplexer() == TestType::kind);
  ScriptedPollable idle;
  ScriptedPollable ready;
  const Registration first = watch(*loop, idle, reading);
  const Registration second = watch(*loop, ready, {.readable = true, .writable = true});
  CHECK(loop->watched() == 2);
  ready.counter.signal();
  REQUIRE(loop->run_once());
  CHECK(idle.calls == 0);
  CHECK(ready.calls == 1);
  CHECK(ready.last == Interest{.readable = true, .writable = true});
}

TEMPLATE_TEST_CASE("a pass with no_wait looks and comes back", "[loop]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  ScriptedPollable idle;
  const Registration registration = watch(*loop, idle, reading);
  REQUIRE(loop->run_once(true));
  CHECK(idle.calls == 0);
  idle.counter.signal();
  REQUIRE(loop->run_once(true));
  CHECK(idle.calls == 1);
}

static_assert(!std::is_copy_constructible_v<Registration> && !std::is_copy_assignable_v<Registration>);
static_assert(std::is_nothrow_move_constructible_v<Registration> && std::is_nothrow_move_assignable_v<Registration>);

TEMPLATE_TEST_CASE("a registration ends when it goes", "[loop]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  ScriptedPollable pollable;
  pollable.counter.signal();
  {
    const Registration registration = watch(*loop, pollable, reading);
    CHECK(registration);
    REQUIRE(loop->run_once(true));
    CHECK(pollable.calls == 1);
  }
  CHECK(loop->watched() == 0);
  REQUIRE(loop->run_once(true));
  CHECK(pollable.calls == 1);
}

TEMPLATE_TEST_CASE("reset ends a registration once", "[loop]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  ScriptedPollable one;
  ScriptedPollable other;
  Registration registration = watch(*loop, one, reading);
  registration.reset();
  CHECK_FALSE(registration);
  const Registration unrelated = watch(*loop, other, reading);  // takes the free slot
  registration.reset();
  CHECK(loop->watched() == 1);
  other.counter.signal();
  REQUIRE(loop->run_once(true));
  CHECK(other.calls == 1);
}

TEMPLATE_TEST_CASE("a registration can be moved", "[loop]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  ScriptedPollable one;
  ScriptedPollable other;
  one.counter.signal();
  other.counter.signal();
  Registration from = watch(*loop, one, reading);
  SECTION("into a new one") {
    const Registration to(std::move(from));
    CHECK(to);
    CHECK_FALSE(from);  // NOLINT(bugprone-use-after-move): what is left behind is what this test is about
    from.reset();
    REQUIRE(loop->run_once(true));
    CHECK(one.calls == 1);
  }
  SECTION("over another, which ends") {
    Registration to = watch(*loop, other, reading);
    to = std::move(from);
    CHECK(loop->watched() == 1);
    REQUIRE(loop->run_once(true));
    CHECK(one.calls == 1);
    CHECK(other.calls == 0);
  }
  SECTION("onto itself, which changes nothing") {
    Registration& same = from;
    from = std::move(same);
    CHECK(from);
    REQUIRE(loop->run_once(true));
    CHECK(one.calls == 1);
  }
}

TEMPLATE_TEST_CASE("set_interest changes what is reported", "[loop]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  ScriptedPollable pollable;
  Registration registration = watch(*loop, pollable, reading);
  REQUIRE(loop->run_once(true));
  CHECK(pollable.calls == 0);
  REQUIRE(registration.set_interest(writing));
  REQUIRE(loop->run_once(true));
  CHECK(pollable.calls == 1);
  CHECK(pollable.last == writing);
  REQUIRE(registration.set_interest({}));
  REQUIRE(loop->run_once(true));
  CHECK(pollable.calls == 1);
}

TEST_CASE("an interest that stays what it was costs no system call", "[loop]") {
  // epoll_ctl refuses a descriptor that is closed, so success means that it was not called.
  const auto loop = open_loop(MultiplexerKind::epoll);
  std::optional<EventCounter> counter(std::in_place);
  ScriptedPollable pollable(counter->fd());
  Registration registration = watch(*loop, pollable, reading);
  counter.reset();
  CHECK(registration.set_interest(reading));
  CHECK_FALSE(registration.set_interest(writing));
}

TEST_CASE("a descriptor the multiplexer refuses is an error value and leaves no trace", "[loop]") {
  if (!can_open(FD_SETSIZE)) return;
  const auto loop = open_loop(MultiplexerKind::select);
  const EventCounter counter;
  const UniqueFd high = duplicate_from(counter.fd(), FD_SETSIZE);
  ScriptedPollable refused(high.get());
  const auto registration = loop->watch(refused, reading);
  REQUIRE_FALSE(registration);
  CHECK(registration.error().kind == ErrorKind::out_of_descriptors);
  CHECK(loop->watched() == 0);

  ScriptedPollable good;
  good.counter.signal();
  const Registration kept = watch(*loop, good, reading);
  REQUIRE(loop->run_once(true));
  CHECK(good.calls == 1);
}

TEMPLATE_TEST_CASE("files that know no readiness are ready in every pass, whatever the multiplexer", "[loop]", Select,
                   Poll, Epoll) {
  // epoll refuses both with EPERM; a user's `< jobs.txt` and `> /dev/null` must not depend on the multiplexer.
  const auto loop = open_loop(TestType::kind);
  const UniqueFd disk = regular_file();
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  ScriptedPollable file(disk.get());
  ScriptedPollable device(null.get());
  ScriptedPollable other;
  other.counter.signal();
  Registration first = watch(*loop, file, reading);
  Registration second = watch(*loop, device, writing);
  const Registration third = watch(*loop, other, reading);
  CHECK(loop->watched() == 3);
  for (int pass = 1; pass <= 3; ++pass) {
    REQUIRE(loop->run_once());
    CHECK(file.calls == pass);
    CHECK(file.last == reading);
    CHECK(device.calls == pass);
    CHECK(device.last == writing);
    CHECK(other.calls == pass);
  }
  REQUIRE(first.set_interest({}));
  REQUIRE(second.set_interest({.readable = true, .writable = true}));
  REQUIRE(loop->run_once());
  CHECK(file.calls == 3);
  CHECK(device.calls == 4);
  CHECK(device.last == Interest{.readable = true, .writable = true});

  second.reset();
  REQUIRE(loop->run_once());
  CHECK(device.calls == 4);
  REQUIRE(first.set_interest(writing));
  REQUIRE(loop->run_once());
  CHECK(file.calls == 4);
}

TEMPLATE_TEST_CASE("a file that is always ready keeps the loop from waiting only while it wants something", "[loop]",
                   Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  const UniqueFd disk = regular_file();
  ScriptedPollable file(disk.get());
  Registration registration = watch(*loop, file, reading);
  REQUIRE(loop->run_once());  // comes back, though nothing else is watched
  CHECK(file.calls == 1);
  REQUIRE(registration.set_interest({}));
  bool due = false;
  Timer timer(loop->timers(), [&] { due = true; });
  timer.arm(Clock::now() + 10ms);
  REQUIRE(loop->run_once());
  CHECK(due);
  CHECK(file.calls == 1);
}

TEMPLATE_TEST_CASE("who was unwatched earlier in the pass is not called", "[loop]", Select, Poll, Epoll) {
  // Which of the two comes first is the backend's affair: whoever does ends the other.
  const auto loop = open_loop(TestType::kind);
  ScriptedPollable one;
  ScriptedPollable other;
  Registration first = watch(*loop, one, reading);
  Registration second = watch(*loop, other, reading);
  one.then = [&] { second.reset(); };
  other.then = [&] { first.reset(); };
  one.counter.signal();
  other.counter.signal();
  REQUIRE(loop->run_once());
  CHECK(one.calls + other.calls == 1);
}

/// Closes what it watches and at once watches an idle descriptor of the same number.
struct Reopening {
  explicit Reopening(EventLoop& event_loop) : loop(event_loop), old_fd(duplicate_from(signalled.fd(), 0)) {
    signalled.signal();
    old_one.emplace(old_fd.get());
    registration = watch(loop, *old_one, reading);
  }

  void reopen() {
    const int number = old_fd.get();
    registration.reset();
    old_fd.reset();
    new_fd = UniqueFd(::fcntl(fresh.fd(), F_DUPFD_CLOEXEC, number));
    REQUIRE(new_fd.get() == number);
    new_one.emplace(number);
    registration = watch(loop, *new_one, reading);
  }

  EventLoop& loop;
  EventCounter signalled;
  EventCounter fresh;
  UniqueFd old_fd;
  UniqueFd new_fd;
  std::optional<ScriptedPollable> old_one;
  std::optional<ScriptedPollable> new_one;
  Registration registration;
};

TEMPLATE_TEST_CASE("a descriptor closed and opened again within a pass does not get the old one's report", "[loop]",
                   Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  Reopening a(*loop);
  Reopening b(*loop);
  // Whichever is called first replaces the other, whose report stands in the same pass and is stale by then.
  a.old_one->then = [&] { b.reopen(); };
  b.old_one->then = [&] { a.reopen(); };
  REQUIRE(loop->run_once());
  REQUIRE(a.new_one.has_value() != b.new_one.has_value());
  Reopening& reopened = a.new_one ? a : b;
  CHECK(reopened.new_one->calls == 0);
  CHECK(reopened.old_one->calls == 0);
  CHECK(a.old_one->calls + b.old_one->calls == 1);

  // The new one has a report of its own, once it is ready.
  a.old_one->then = b.old_one->then = {};
  reopened.fresh.signal();
  REQUIRE(loop->run_once());
  CHECK(reopened.new_one->calls == 1);
  CHECK(reopened.old_one->calls == 0);
}

TEMPLATE_TEST_CASE("handlers may watch many more while the loop dispatches", "[loop]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  std::vector<std::unique_ptr<ScriptedPollable>> later;
  std::vector<Registration> registrations;
  std::vector<std::unique_ptr<ScriptedPollable>> first;
  for (int i = 0; i < 3; ++i) {
    first.push_back(std::make_unique<ScriptedPollable>());
    first.back()->counter.signal();
    first.back()->then = [&] {
      for (int more = 0; more < 100; ++more) {
        later.push_back(std::make_unique<ScriptedPollable>());
        registrations.push_back(watch(*loop, *later.back(), reading));
      }
    };
    registrations.push_back(watch(*loop, *first.back(), reading));
  }
  REQUIRE(loop->run_once());
  for (const auto& pollable : first) CHECK(pollable->calls == 1);
  CHECK(loop->watched() == 303);
}

TEST_CASE("posted tasks run at the end of the pass, in the order they were posted", "[loop]") {
  const auto loop = open_loop(MultiplexerKind::poll);
  std::string order;
  ScriptedPollable pollable;
  pollable.counter.signal();
  pollable.then = [&] {
    loop->post([&] { order += "2"; });
    loop->post([&] { order += "3"; });
    order += "1";
  };
  const Registration registration = watch(*loop, pollable, reading);
  REQUIRE(loop->run_once());
  CHECK(order == "123");
}

TEST_CASE("a waiting task keeps the loop from waiting", "[loop]") {
  const auto loop = open_loop(MultiplexerKind::poll);
  bool ran = false;
  loop->post([&] { ran = true; });
  REQUIRE(loop->run_once());  // nothing is watched: it would wait for ever
  CHECK(ran);
}

TEST_CASE("a task that posts itself again runs once a pass", "[loop]") {
  const auto loop = open_loop(MultiplexerKind::poll);
  int runs = 0;
  std::function<void()> again = [&] {
    ++runs;
    loop->post([&] { again(); });
  };
  loop->post([&] { again(); });
  for (int pass = 1; pass <= 3; ++pass) {
    REQUIRE(loop->run_once());
    CHECK(runs == pass);
  }
}

TEST_CASE("where the wait fails, tasks and timers have their turn all the same", "[loop]") {
  const auto loop = open_loop(MultiplexerKind::select);
  const Pair pair = socket_pair();
  UniqueFd closed(::dup(pair.ours.get()));
  ScriptedPollable pollable(closed.get());
  const Registration registration = watch(*loop, pollable, reading);
  closed.reset();  // select(2) refuses a set with a descriptor that is closed
  int ran = 0;
  loop->post([&] { ++ran; });
  Timer timer(loop->timers(), [&] { ++ran; });
  timer.arm(Clock::now());
  const auto failed = loop->run_once();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().sys_errno == EBADF);
  CHECK(ran == 2);
  CHECK(pollable.calls == 0);
}

TEST_CASE("timers run in the loop, after the handlers and before the posted tasks", "[loop]") {
  const auto loop = open_loop(MultiplexerKind::poll);
  std::string order;
  ScriptedPollable pollable;
  pollable.counter.signal();
  pollable.then = [&] { order += "handler "; };
  const Registration registration = watch(*loop, pollable, reading);
  Timer timer(loop->timers(), [&] { order += "timer "; });
  timer.arm(Clock::now());
  loop->post([&] { order += "task"; });
  REQUIRE(loop->run_once());
  CHECK(order == "handler timer task");
}

TEMPLATE_TEST_CASE("the loop waits until a timer is due and no longer", "[loop]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  std::optional<TimePoint> called;
  Timer timer(loop->timers(), [&] { called = loop->now(); });
  Timer far(loop->timers(), [] {});
  const TimePoint due = Clock::now() + 10ms;
  timer.arm(due);
  far.arm(due + 1h);
  int passes = 0;
  while (!called) {
    REQUIRE(loop->run_once());
    ++passes;
  }
  CHECK(*called >= due);
  CHECK(passes == 1);
}

TEST_CASE("now is the time of the pass", "[loop]") {
  const auto loop = open_loop(MultiplexerKind::poll);
  const TimePoint before = Clock::now();
  REQUIRE(loop->run_once(true));
  CHECK(loop->now() >= before);
  CHECK(loop->now() <= Clock::now());
}

/// Tells when it is destroyed.
struct Mortal {
  explicit Mortal(std::function<void()> last_words) : on_death(std::move(last_words)) {}
  ~Mortal() { on_death(); }
  Mortal(const Mortal&) = delete;
  Mortal& operator=(const Mortal&) = delete;
  std::function<void()> on_death;
};

TEST_CASE("what retires is destroyed after the pass, in the order of retirement", "[loop]") {
  const auto loop = open_loop(MultiplexerKind::poll);
  std::string order;
  ScriptedPollable pollable;
  pollable.counter.signal();
  pollable.then = [&] {
    loop->retire(std::make_unique<Mortal>([&] { order += " first"; }));
    loop->retire(std::make_unique<Mortal>([&] { order += " second"; }));
    loop->post([&] { order += " task"; });
    order += "handler";
  };
  const Registration registration = watch(*loop, pollable, reading);
  REQUIRE(loop->run_once());
  CHECK(order == "handler task first second");
}

TEST_CASE("a pollable may retire itself from its own handler", "[loop]") {
  const auto loop = open_loop(MultiplexerKind::epoll);
  bool gone = false;
  struct Suicidal {
    explicit Suicidal(std::function<void()> last_words) : mortal(std::move(last_words)) {}
    Mortal mortal;
    ScriptedPollable pollable;
    Registration registration;
  };
  auto self = std::make_unique<Suicidal>([&] { gone = true; });
  Suicidal& alive = *self;
  alive.pollable.counter.signal();
  alive.registration = watch(*loop, alive.pollable, reading);
  alive.pollable.then = [&] {
    loop->retire(std::move(self));
    CHECK_FALSE(gone);
  };
  REQUIRE(loop->run_once());
  CHECK(gone);
  CHECK(loop->watched() == 0);
}

TEST_CASE("what retires may retire others, down any chain", "[loop]") {
  const auto loop = open_loop(MultiplexerKind::poll);
  int destroyed = 0;
  std::function<void(int)> retire_chain = [&](int left) {
    loop->retire(std::make_unique<Mortal>([&, left] {
      ++destroyed;
      if (left > 1) retire_chain(left - 1);
    }));
  };
  SECTION("at the end of a pass") {
    retire_chain(100);
    REQUIRE(loop->run_once(true));
    CHECK(destroyed == 100);
  }
  SECTION("twice in one pass") {
    retire_chain(100);
    retire_chain(100);
    REQUIRE(loop->run_once(true));
    CHECK(destroyed == 200);
  }
}

TEST_CASE("a loop that goes destroys what is posted or retired, while its registrations still work", "[loop]") {
  struct Watcher {
    explicit Watcher(EventLoop& loop) : registration(watch(loop, pollable, reading)), timer(loop.timers(), [] {}) {
      timer.arm(Clock::now() + 1h);
    }
    ScriptedPollable pollable;
    Registration registration;
    Timer timer;
  };
  int destroyed = 0;
  {
    const auto loop = open_loop(MultiplexerKind::epoll);
    loop->retire(std::make_unique<Watcher>(*loop));
    loop->retire(std::make_unique<Mortal>([&, &held = *loop] {
      held.retire(std::make_unique<Mortal>([&] { ++destroyed; }));
      ++destroyed;
    }));
    loop->post(
        [watcher = std::make_unique<Watcher>(*loop), mortal = std::make_unique<Mortal>([&] { ++destroyed; })] {});
    CHECK(loop->watched() == 2);
  }
  CHECK(destroyed == 3);
}

}  // namespace
}  // namespace nbcrawl

#include "fetch/transfer_clock.hpp"

#include "catch2_shim.hpp"

using namespace nbcrawl;
using namespace std::chrono_literals;

namespace {

struct Clocked {
  std::unique_ptr<EventLoop> loop = EventLoop::create(MultiplexerKind::poll).value();
  Pause pause{*loop};
  TransferClock clock{*loop, pause};

  /// Longer than that, and the loop knows.
  void pass(milliseconds time) {
    const TimePoint begin = Clock::now();
    while (Clock::now() - begin < time) {
    }
    REQUIRE(loop->run_once(true));
  }
  void pause_for(milliseconds time) {
    pause.begin();
    const TimePoint begin = Clock::now();
    while (Clock::now() - begin < time) {
    }
    pause.end();
  }
};

}  // namespace

TEST_CASE("a connection must be there in its own time, all else in that of the job") {
  Clocked of;
  of.clock.start({}, 10s, 60s);
  const TimePoint now = of.loop->now();
  using enum TransferState;
  for (const TransferState state : {resolving, connecting, handshaking}) {
    of.clock.enter(state);
    CHECK(of.clock.deadline().due == now + 10s);
    CHECK(of.clock.deadline().allowed == 10s);
  }
  for (const TransferState state : {waiting, receiving}) {
    of.clock.enter(state);
    CHECK(of.clock.deadline().due == now + 60s);
    CHECK(of.clock.deadline().allowed == 60s);
  }
}

TEST_CASE("what earlier requests of the job took is taken off, and may leave less than a connection is allowed") {
  Clocked of;
  of.clock.start({.elapsed = 55s}, 10s, 60s);
  CHECK(of.clock.spent().elapsed == 55s);
  of.clock.enter(TransferState::connecting);
  CHECK(of.clock.deadline().due == of.loop->now() + 5s);
  CHECK(of.clock.deadline().allowed == 60s);
}

TEST_CASE("deadlines move by the pauses since the start, and by those only") {
  Clocked of;
  of.pause_for(3ms);
  of.clock.start({}, 10s, 60s);
  const TimePoint due = of.clock.deadline().due;
  CHECK(due == of.loop->now() + 60s);
  const Duration before = of.pause.total();
  of.pause_for(2ms);
  CHECK(of.clock.deadline().due == due + (of.pause.total() - before));
  CHECK(of.clock.deadline().due >= due + 2ms);
}

TEST_CASE("pauses in the job's earlier requests are not reckoned to the later ones") {
  Clocked of;
  of.clock.start({}, 10s, 60s);
  of.pause_for(2ms);
  const TimeSpent first = of.clock.spent();
  CHECK(first.paused >= 2ms);
  of.clock.start({.elapsed = 55s + first.paused, .paused = first.paused}, 10s, 60s);
  CHECK(of.clock.deadline().due == of.loop->now() + 5s);
  CHECK(of.clock.spent().paused == first.paused);
}

TEST_CASE("a request that waits for its turn loses no time while its connection is busy with others") {
  Clocked of;
  BusyTime busy(*of.loop, of.pause);
  of.clock.start({}, 10s, 60s);
  of.clock.enter(TransferState::waiting);
  const TimePoint begin = of.loop->now();
  of.clock.hold(busy);
  CHECK(of.clock.is_held());
  of.pass(2ms);
  CHECK(of.clock.deadline().due == begin + 60s);  // nothing keeps the server from taking it
  const Duration idle = of.loop->now() - begin;
  busy.set_busy(true);
  of.pass(2ms);
  const Duration stood = of.loop->now() - begin - idle;
  CHECK(of.clock.deadline().due == begin + 60s + stood);
  CHECK(of.clock.elapsed() == idle);
  CHECK(of.clock.started() == begin + stood);
  CHECK(of.clock.release() == stood);
  CHECK_FALSE(of.clock.is_held());
  CHECK(of.clock.in_state() == Duration::zero());
  of.pass(2ms);  // it is being carried out itself
  CHECK(of.clock.deadline().due == begin + 60s + stood);
  CHECK(of.clock.deadline().allowed == 60s);
  CHECK(of.clock.spent().elapsed == of.loop->now() - begin - stood);
  CHECK(of.clock.release() == Duration::zero());
}

TEST_CASE("what a connection was busy with before is nothing to a request that comes later") {
  Clocked of;
  BusyTime busy(*of.loop, of.pause);
  busy.set_busy(true);
  of.pass(2ms);
  of.clock.start({}, 10s, 60s);
  of.clock.hold(busy);
  busy.set_busy(false);
  of.pass(2ms);
  CHECK(of.clock.release() == Duration::zero());
}

TEST_CASE("a pause on a busy connection moves a deadline once") {
  Clocked of;
  BusyTime busy(*of.loop, of.pause);
  busy.set_busy(true);
  of.clock.start({}, 10s, 60s);
  const TimePoint begin = of.loop->now();
  of.clock.hold(busy);
  of.pause_for(3ms);
  of.pass(1ms);
  CHECK(of.clock.deadline().due == of.loop->now() + 60s);
  CHECK(of.clock.spent().elapsed == of.pause.total());
  CHECK(of.clock.release() == of.loop->now() - begin - of.pause.total());
}

#include "fetch/transfer_clock.hpp"

#include "catch2_shim.hpp"

using namespace nbcrawl;
using namespace std::chrono_literals;

namespace {

struct Clocked {
  std::unique_ptr<EventLoop> loop = EventLoop::create(MultiplexerKind::poll).value();
  Pause pause{*loop};
  TransferClock clock{*loop, pause};

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

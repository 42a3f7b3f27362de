#include "fetch/pause.hpp"

#include <functional>
#include <vector>

#include "catch2_shim.hpp"

using namespace nbcrawl;

namespace {

struct Waiter final : Pause::Waiter {
  int resumed = 0;
  std::function<void()> then = [] {};

 private:
  void on_resume() override {
    ++resumed;
    then();
  }
};

/// A pause on a loop, and some that wait for its end.
struct Pausing {
  explicit Pausing(std::size_t count) : waiters(count) {
    pause.begin();
    for (Waiter& waiter : waiters) pause.wait(waiter);
  }
  [[nodiscard]] std::vector<int> resumed() const {
    std::vector<int> counts;
    for (const Waiter& waiter : waiters) counts.push_back(waiter.resumed);
    return counts;
  }
  void run() const { REQUIRE(loop->run_once(true)); }

  std::unique_ptr<EventLoop> loop = EventLoop::create(MultiplexerKind::poll).value();
  Pause pause{*loop};
  std::vector<Waiter> waiters;
};

using Counts = std::vector<int>;

}  // namespace

TEST_CASE("whoever waits for the end of a pause is told once, from the loop") {
  Pausing pausing(2);
  pausing.run();
  CHECK(pausing.resumed() == Counts{0, 0});
  pausing.pause.end();
  CHECK(pausing.resumed() == Counts{0, 0});
  pausing.run();
  CHECK(pausing.resumed() == Counts{1, 1});
  pausing.pause.begin();
  pausing.pause.end();
  pausing.run();
  CHECK(pausing.resumed() == Counts{1, 1});
}

TEST_CASE("a waiter that is forgotten is not told, not even where another one forgets it meanwhile") {
  Pausing pausing(3);
  pausing.pause.forget(pausing.waiters[0]);
  pausing.waiters[1].then = [&] { pausing.pause.forget(pausing.waiters[2]); };
  pausing.pause.end();
  pausing.run();
  CHECK(pausing.resumed() == Counts{0, 1, 0});
}

TEST_CASE("where what the first reads begins another pause, the others wait on") {
  Pausing pausing(2);
  pausing.waiters[0].then = [&] { pausing.pause.begin(); };
  pausing.pause.end();
  pausing.run();
  CHECK(pausing.resumed() == Counts{1, 0});
  pausing.pause.end();
  pausing.run();
  CHECK(pausing.resumed() == Counts{1, 1});
}

TEST_CASE("a pause that begins again before the loop has told of its end has not ended") {
  Pausing pausing(1);
  pausing.pause.end();
  pausing.pause.begin();
  pausing.run();
  CHECK(pausing.resumed() == Counts{0});
  CHECK(pausing.pause.is_on());
}

TEST_CASE("the total of pauses grows while one is on, and stands still between") {
  Pausing pausing(0);
  const TimePoint begin = Clock::now();
  while (Clock::now() - begin < milliseconds(2)) {
  }
  CHECK(pausing.pause.total() >= milliseconds(2));
  pausing.pause.end();
  const Duration total = pausing.pause.total();
  CHECK(total <= Clock::now() - begin + milliseconds(1));
  const TimePoint between = Clock::now();
  while (Clock::now() - between < milliseconds(2)) {
  }
  CHECK(pausing.pause.total() == total);
  pausing.pause.begin();
  CHECK(pausing.pause.total() >= total);
}

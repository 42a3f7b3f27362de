#include "fetch/body_memory.hpp"

#include <functional>
#include <limits>
#include <vector>

#include "catch2_shim.hpp"

using namespace nbcrawl;

namespace {

constexpr std::size_t limit = 1'000'000;
constexpr std::size_t share = limit / 4;
constexpr std::size_t no_bound = std::numeric_limits<std::size_t>::max();

struct Body final : BodyMemory::Part::Waiter {
  explicit Body(BodyMemory& memory) : part(memory, *this) {}
  /// Grows if it may.
  bool grow_to(std::size_t bytes) {
    if (part.room() == 0) return false;
    part.set(bytes);
    return true;
  }

  BodyMemory::Part part;
  int told = 0;
  std::function<void()> then = [] {};

 private:
  void on_room() override {
    ++told;
    then();
  }
};

struct Bodies {
  /// The first four fill the memory, each with its share.
  explicit Bodies(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) bodies.push_back(std::make_unique<Body>(memory));
    for (std::size_t i = 0; i < 4; ++i) bodies[i]->part.set(share);
  }
  ~Bodies() {
    for (const auto& body : bodies) body->part.clear();
  }
  Body& operator[](std::size_t i) { return *bodies[i]; }
  void run() const { REQUIRE(loop->run_once(true)); }
  void wait() const { REQUIRE(loop->run_once()); }

  std::unique_ptr<EventLoop> loop = EventLoop::create(MultiplexerKind::poll).value();
  Pause pause{*loop};
  BodyMemory memory{*loop, pause, limit, 4};
  std::vector<std::unique_ptr<Body>> bodies;
};

}  // namespace

TEST_CASE("while there is room, a body may grow as it likes") {
  Bodies bodies(4);
  bodies[3].part.set(share - 1);
  CHECK(bodies[0].part.room() == no_bound);
  bodies[3].part.set(share);
  CHECK(bodies.memory.is_full());
}

TEST_CASE("without room, the first of the large bodies grows on, and small ones up to their share") {
  Bodies bodies(6);
  CHECK(bodies[2].grow_to(limit));
  CHECK_FALSE(bodies[0].grow_to(share + 1));
  CHECK_FALSE(bodies[1].grow_to(share + 1));
  CHECK(bodies[2].grow_to(2 * limit));
  CHECK(bodies[4].part.room() == share);
  bodies[4].part.set(share - 10);
  CHECK(bodies[4].part.room() == 10);
}

TEST_CASE("when the first is done, the next that waits is told, in the order in which they came") {
  Bodies bodies(6);
  REQUIRE(bodies[2].grow_to(2 * limit));
  for (const std::size_t i : {3, 0, 1}) REQUIRE_FALSE(bodies[i].grow_to(share + 1));
  bodies[4].part.set(share);
  bodies[2].part.clear();
  CHECK(bodies[3].told == 0);  // by the loop
  bodies.run();
  CHECK(bodies[3].told == 1);
  CHECK(bodies[0].told == 0);
  CHECK_FALSE(bodies[4].grow_to(share + 1));
  CHECK(bodies[3].grow_to(limit));
}

TEST_CASE("whoever is told is the first, though it has nothing to read") {
  Bodies bodies(4);
  REQUIRE(bodies[0].grow_to(limit));
  REQUIRE_FALSE(bodies[1].grow_to(limit));
  REQUIRE_FALSE(bodies[2].grow_to(limit));
  bodies[0].part.set(share);
  bodies[0].part.clear();
  bodies[3].part.set(2 * share);
  bodies.run();
  CHECK(bodies[1].told == 1);
  CHECK(bodies[2].told == 0);
  CHECK(bodies[3].part.room() == 0);
}

TEST_CASE("where there is room again all are told, until one takes it") {
  Bodies bodies(4);
  REQUIRE(bodies[0].grow_to(limit));
  for (const std::size_t i : {1, 2, 3}) REQUIRE_FALSE(bodies[i].grow_to(share + 1));
  bodies[0].part.clear();
  bodies[2].then = [&] { bodies[2].part.set(limit); };
  bodies.run();
  CHECK(bodies[1].told == 1);
  CHECK(bodies[2].told == 1);
  CHECK(bodies[3].told == 1);  // of those that were told none is large yet, so it is the first
  CHECK(bodies[1].part.room() == 0);
}

TEST_CASE("a first that hardly grows gives way while others wait, and goes to their end") {
  Bodies bodies(4);
  REQUIRE(bodies[0].part.room() == no_bound);
  REQUIRE_FALSE(bodies[1].grow_to(limit));
  REQUIRE_FALSE(bodies[2].grow_to(limit));
  const TimePoint begin = bodies.loop->now();
  while (bodies[1].told == 0) bodies.wait();
  CHECK(bodies.loop->now() - begin >= BodyMemory::Part::turn - milliseconds(100));
  CHECK(bodies[0].part.was_slow());
  CHECK_FALSE(bodies[1].part.was_slow());
  CHECK(bodies[2].told == 0);
  CHECK_FALSE(bodies[0].grow_to(share + 1));
  SECTION("and so does the next, unless it grows") {
    REQUIRE(bodies[1].grow_to(share + BodyMemory::Part::least_growth));
    const TimePoint next = bodies.loop->now();
    while (bodies[2].told == 0) bodies.wait();
    CHECK(bodies.loop->now() - next >= 2 * BodyMemory::Part::turn - milliseconds(100));
  }
  SECTION("what it did before is forgotten with it") {
    bodies[0].part.clear();
    CHECK_FALSE(bodies[0].part.was_slow());
  }
}

TEST_CASE("a first that could not grow in a pause does not give way for it") {
  Bodies bodies(4);
  REQUIRE(bodies[0].part.room() == no_bound);
  REQUIRE_FALSE(bodies[1].grow_to(limit));
  bodies.pause.begin();
  bodies.run();
  bodies.pause.end();
  const TimePoint begin = bodies.loop->now();
  while (bodies[1].told == 0) bodies.wait();
  CHECK(bodies.loop->now() - begin >= 2 * BodyMemory::Part::turn - milliseconds(100));
}

TEST_CASE("a body that is given up waits no more") {
  Bodies bodies(4);
  REQUIRE(bodies[0].grow_to(2 * limit));
  for (const std::size_t i : {1, 2}) REQUIRE_FALSE(bodies[i].grow_to(share + 1));
  bodies[1].part.clear();
  bodies[3].part.set(3 * share);
  bodies[0].part.clear();
  bodies.run();
  CHECK(bodies[1].told == 0);
  CHECK(bodies[2].told == 1);
}

TEST_CASE("the time without room is counted") {
  Bodies bodies(4);
  const TimePoint since = bodies.loop->now();
  do bodies.run();
  while (bodies.loop->now() - since < milliseconds(2));
  const Duration total = bodies.memory.full_time().total();
  CHECK(total >= milliseconds(2));
  bodies[0].part.clear();
  do bodies.run();
  while (bodies.loop->now() - since < milliseconds(5));
  CHECK(bodies.memory.full_time().total() - total < milliseconds(2));
}

TEST_CASE("without a limit there is always room") {
  const auto loop = EventLoop::create(MultiplexerKind::poll).value();
  Pause pause(*loop);
  BodyMemory memory(*loop, pause, 0, 4);
  Body body(memory);
  body.part.set(1'000'000'000'000);
  CHECK(body.part.room() == no_bound);
  body.part.clear();
}

TEST_CASE("no body has room for more than all of them, whatever their number") {
  const auto loop = EventLoop::create(MultiplexerKind::poll).value();
  Pause pause(*loop);
  for (const std::size_t bodies : {std::size_t{0}, std::size_t{3}}) {
    BodyMemory memory(*loop, pause, 1000, bodies);
    Body first(memory);
    Body second(memory);
    first.part.set(1000);
    CHECK(first.part.room() == no_bound);
    CHECK(second.part.room() == 1000);
    first.part.clear();
  }
}

TEST_CASE("however many bodies there may be, a usual page has room") {
  const auto loop = EventLoop::create(MultiplexerKind::poll).value();
  Pause pause(*loop);
  BodyMemory memory(*loop, pause, limit, 1'000'000);
  Body large(memory);
  large.part.set(limit);
  Body page(memory);
  page.part.set(10);
  CHECK(page.part.room() == 64 * 1024 - 10);
  page.part.clear();
  large.part.clear();
}

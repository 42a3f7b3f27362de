#include "io/gathering.hpp"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "catch2_shim.hpp"
#include "io/event_loop.hpp"

namespace nbcrawl {
namespace {

using namespace std::chrono_literals;

/// So many waits, each with one report.
void note_reports(Gathering& gathering, int waits, Duration apart) {
  for (int i = 0; i < waits; ++i) gathering.note(1, apart);
}

void note_answers(Gathering& gathering, int answers, Duration took) {
  for (int i = 0; i < answers; ++i) gathering.note_answer(took);
}

TEST_CASE("reports gather where they come quickly and each is long under way", "[gathering]") {
  Gathering gathering;
  note_answers(gathering, 400, 10ms);
  CHECK(gathering.time() == 0us);  // nothing is known of their pace
  note_reports(gathering, 200, 10us);
  CHECK(gathering.time() > 249us);
  CHECK(gathering.time() <= 250us);
  note_reports(gathering, 200, 1ms);
  CHECK(gathering.time() == 0us);  // the next one alone would be waited for
}

TEST_CASE("what gathers waits for an eighth of the time of an answer at most", "[gathering]") {
  Gathering gathering;
  note_reports(gathering, 400, 10us);
  CHECK(gathering.time() == 0us);  // nothing is known of the answers
  for (const Duration took : {Duration(100us), Duration(300us)}) {
    note_answers(gathering, 400, took);
    CHECK(gathering.time() == 0us);
  }
  note_answers(gathering, 400, 400us);
  CHECK(gathering.time() > 49us);
  CHECK(gathering.time() <= 50us);
}

TEST_CASE("a quick server is not kept waiting for the sake of slow ones", "[gathering]") {
  Gathering gathering;
  note_reports(gathering, 400, 10us);
  for (int i = 0; i < 400; ++i) {
    gathering.note_answer(i % 2 == 0 ? Duration(100us) : Duration(10s));
  }
  CHECK(gathering.time() == 0us);
}

TEST_CASE("waits that end without a report count as time between two", "[gathering]") {
  Gathering gathering;
  note_answers(gathering, 1000, 10ms);
  for (int i = 0; i < 400; ++i) {
    gathering.note(0, 40us);
    gathering.note(0, 40us);
    gathering.note(4, 40us);
  }
  CHECK(gathering.time() > 249us);  // one each 30 us
  for (int i = 0; i < 400; ++i) {
    gathering.note(0, 900us);
    gathering.note(1, 10us);
  }
  CHECK(gathering.time() == 0us);
}

/// Remembers how it was waited on; every second wait brings reports, of registrations that are gone.
class CountingMultiplexer final : public Multiplexer {
 public:
  explicit CountingMultiplexer(std::vector<std::optional<Duration>>& waits) : waits_(waits) {}
  Result<> add(int /*fd*/, Interest /*interest*/, Token /*token*/) override { return {}; }
  Result<> modify(int /*fd*/, Interest /*interest*/, Token /*token*/) override { return {}; }
  void remove(int /*fd*/) override {}
  Result<> wait(std::optional<Duration> timeout, std::vector<Ready>& ready) override {
    waits_.push_back(timeout);
    ready.clear();
    if (waits_.size() % 2 == 0) ready.assign(100, Ready{.token = {.slot = 0, .generation = 9}, .readable = true});
    return {};
  }
  [[nodiscard]] MultiplexerKind kind() const noexcept override { return MultiplexerKind::epoll; }

 private:
  std::vector<std::optional<Duration>>& waits_;
};

struct Watched final : Pollable {
  [[nodiscard]] int fileno() const noexcept override { return 0; }
  void on_ready(bool /*readable*/, bool /*writable*/) override {}
};

TEST_CASE("a loop looks before it lets reports gather, and then waits", "[gathering][loop]") {
  std::vector<std::optional<Duration>> waits;
  EventLoop loop(std::make_unique<CountingMultiplexer>(waits));
  Watched watched;
  auto registration = loop.watch(watched, {.readable = true});
  REQUIRE(registration);
  while (waits.size() < 2'000) REQUIRE(loop.run_once());  // it learns the pace
  for (int i = 0; i < 1'000; ++i) loop.note_answer(10ms);
  const std::size_t known = waits.size();
  REQUIRE(loop.run_once());  // looked, slept, waited: two waits
  REQUIRE(waits.size() == known + 2);
  CHECK(waits[known] == Duration::zero());
  CHECK(waits[known + 1] == std::nullopt);

  for (int i = 0; i < 1'000; ++i) loop.note_answer(100us);
  REQUIRE(loop.run_once());
  REQUIRE(waits.size() == known + 3);
  CHECK(waits.back() == std::nullopt);
}

}  // namespace
}  // namespace nbcrawl

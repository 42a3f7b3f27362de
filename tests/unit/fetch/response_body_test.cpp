#include "fetch/response_body.hpp"

#include <algorithm>
#include <cstring>

#include "catch2_shim.hpp"

using namespace nbcrawl;
using namespace std::string_view_literals;

namespace {

constexpr std::uint64_t no_limit = 1024 * 1024 * 1024;

constexpr auto greeting = "hello hello hello hello "sv;
/// The same in gzip.
constexpr auto coded_greeting =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x57\xc8\xc0\x20\x01\xd6\x41\xe2\xd0\x18\x00\x00\x00"sv;

class Written final : public BodyWriter {
 public:
  explicit Written(std::string& text) : text_(text) {}
  Result<> write(std::string_view data) override {
    text_.append(data);
    return {};
  }

 private:
  std::string& text_;
};

struct Incoming {
  explicit Incoming(std::string_view coding = {}) {
    clock.start({}, milliseconds(60'000), milliseconds(60'000));
    if (!coding.empty()) transfer.response.fields.add("content-encoding", coding);
  }
  Result<> begin(std::uint64_t max_bytes = no_limit, std::uint64_t announced = 0) {
    return body.begin(max_bytes, announced);
  }
  /// All of it, in two pieces.
  Result<> add(std::string_view data, std::size_t cut = 1) {
    if (auto added = body.add(data.substr(0, cut)); !added) return added;
    return body.add(data.substr(cut));
  }
  /// Bytes that are read straight to where they stay; how many were taken.
  std::size_t read(std::string_view data) {
    const std::span<char> room = body.room(data.size());
    const std::size_t bytes = std::min(room.size(), data.size());
    if (room.empty()) return 0;
    std::memcpy(room.data(), data.data(), bytes);
    REQUIRE(body.commit(room, bytes));
    return bytes;
  }

  std::unique_ptr<EventLoop> loop = EventLoop::create(MultiplexerKind::poll).value();
  Pause pause{*loop};
  Transfer transfer;
  TransferClock clock{*loop, pause};
  ReusableMemory memory;
  BodyMemory body_memory{*loop, pause, 1'000'000, 4};
  struct : BodyMemory::Part::Waiter {
    int told = 0;
    void on_room() override { ++told; }
  } waiter;
  ResponseBody body{transfer, clock, memory, body_memory, waiter};
};

std::string_view kind_of(const Result<>& result) { return result ? "none" : code(result.error().kind); }

}  // namespace

TEST_CASE("a body is collected as it comes, and counted") {
  Incoming incoming;
  REQUIRE(incoming.begin());
  REQUIRE(incoming.add(greeting));
  CHECK(incoming.body.end());
  CHECK(incoming.transfer.response.body == greeting);
  CHECK(incoming.transfer.response.body_bytes == greeting.size());
  CHECK(incoming.transfer.exchange.received_bytes == greeting.size());
}

TEST_CASE("content codings are removed, and what they promise must be there") {
  for (std::size_t cut = 1; cut < coded_greeting.size(); ++cut) {
    Incoming incoming("gzip");
    REQUIRE(incoming.begin());
    REQUIRE(incoming.add(coded_greeting, cut));
    CHECK(incoming.body.end());
    CHECK(incoming.transfer.response.body == greeting);
    CHECK(incoming.transfer.response.body_bytes == greeting.size());
    CHECK(incoming.transfer.exchange.received_bytes == coded_greeting.size());

    Incoming cut_off("gzip");
    REQUIRE(cut_off.begin());
    REQUIRE(cut_off.body.add(coded_greeting.substr(0, cut)));
    CHECK(kind_of(cut_off.body.end()) == "bad_encoding");
  }
  Incoming unknown("morse");
  CHECK(kind_of(unknown.begin()) == "bad_encoding");
}

TEST_CASE("a body goes where its plan says") {
  std::string written;
  Incoming incoming("gzip");
  incoming.transfer.body_plan = {.in_memory = false, .writer = std::make_unique<Written>(written)};
  REQUIRE(incoming.begin());
  REQUIRE(incoming.add(coded_greeting));
  CHECK(written == greeting);
  CHECK(incoming.transfer.response.body.empty());
  CHECK(incoming.transfer.response.body_bytes == greeting.size());

  Incoming as_sent("gzip");
  as_sent.transfer.body_plan.keep_coded = true;
  REQUIRE(as_sent.begin());
  REQUIRE(as_sent.add(coded_greeting));
  CHECK(as_sent.transfer.response.body == coded_greeting);
}

TEST_CASE("bytes can be read straight to where they stay, unless they are coded or stay nowhere") {
  std::string written;
  Incoming incoming;
  incoming.transfer.body_plan.writer = std::make_unique<Written>(written);
  REQUIRE(incoming.begin());
  REQUIRE(incoming.add("a: "sv));
  std::string_view rest = greeting;
  while (!rest.empty()) rest.remove_prefix(incoming.read(rest));
  CHECK(incoming.transfer.response.body == "a: " + std::string(greeting));
  CHECK(written == incoming.transfer.response.body);
  CHECK(incoming.transfer.response.body_bytes == written.size());
  CHECK(incoming.transfer.exchange.received_bytes == written.size());
  REQUIRE(incoming.body.commit(incoming.body.room(100), 0));  // a read that brought nothing
  CHECK(incoming.transfer.response.body == written);

  Incoming coded("gzip");
  REQUIRE(coded.begin());
  CHECK(coded.body.room(100).empty());
  Incoming elsewhere;
  elsewhere.transfer.body_plan.in_memory = false;
  REQUIRE(elsewhere.begin());
  CHECK(elsewhere.body.room(100).empty());
}

TEST_CASE("the first bytes can be handed over in memory of their own, later ones can not") {
  std::string written;
  Incoming incoming;
  incoming.transfer.body_plan.writer = std::make_unique<Written>(written);
  REQUIRE(incoming.begin());
  REQUIRE(incoming.body.takes_first());
  std::string first(1000, 'a');
  const char* const there = first.data();
  REQUIRE(incoming.body.take_first(first));
  CHECK(incoming.transfer.response.body.data() == there);
  CHECK(written == std::string(1000, 'a'));
  CHECK(incoming.transfer.exchange.received_bytes == 1000);
  CHECK_FALSE(incoming.body.takes_first());
  Incoming coded("gzip");
  REQUIRE(coded.begin());
  CHECK_FALSE(coded.body.takes_first());
}

TEST_CASE("a body that exceeds its limit is refused: as announced, as it comes, as it is decoded") {
  Incoming announced;
  CHECK(kind_of(announced.begin(5, 6)) == "body_too_large");
  CHECK(announced.transfer.exchange.received_bytes == 0);  // it has not come
  Incoming coming;
  REQUIRE(coming.begin(5, 5));
  REQUIRE(coming.body.add("12345"));
  CHECK(kind_of(coming.body.add("6")) == "body_too_large");
  Incoming read;
  REQUIRE(read.begin(5));
  const auto room = read.body.room(6);
  CHECK(kind_of(read.body.commit(room, 6)) == "body_too_large");
  Incoming decoded("gzip");
  REQUIRE(decoded.begin(greeting.size() - 1));
  CHECK(kind_of(decoded.body.add(coded_greeting.substr(0, 23))) == "body_too_large");
}

TEST_CASE("decoding ends at the deadline, in the middle of what was read") {
  Incoming incoming("gzip");
  REQUIRE(incoming.begin());
  incoming.clock.start({.elapsed = milliseconds(71)}, milliseconds(60'000), milliseconds(70));
  const auto added = incoming.body.add(coded_greeting);
  REQUIRE(kind_of(added) == "timeout");
  CHECK(added.error().detail.find("70 ms") != std::string::npos);
}

TEST_CASE("a body of no use is read past while it is short, coded as it is, and never kept") {
  Incoming incoming("morse");
  incoming.transfer.body_plan = {.in_memory = false, .is_of_use = false};
  REQUIRE(incoming.begin(5));
  const std::string piece(32 * 1024, 'a');
  for (int i = 0; i < 2; ++i) {
    REQUIRE(incoming.body.add(piece));
    CHECK(incoming.body.wants_rest());
  }
  REQUIRE(incoming.body.add("a"));
  CHECK_FALSE(incoming.body.wants_rest());
  CHECK(incoming.transfer.response.body.empty());

  Incoming announced;
  announced.transfer.body_plan = {.in_memory = false, .is_of_use = false};
  REQUIRE(announced.begin(5, 64 * 1024 + 1));
  CHECK_FALSE(announced.body.wants_rest());
}

TEST_CASE("the memory of a body serves the next one") {
  Incoming incoming;
  REQUIRE(incoming.begin(no_limit, 100'000));
  const char* const there = incoming.transfer.response.body.data();
  CHECK(incoming.transfer.response.body.capacity() >= 100'000);
  incoming.body.clear();
  CHECK(incoming.transfer.response.body.capacity() < 100);
  REQUIRE(incoming.begin());
  CHECK(incoming.transfer.response.body.data() == there);
  CHECK(incoming.transfer.response.body.empty());
}

TEST_CASE("memory is not reserved for a size that is only claimed") {
  Incoming incoming;
  REQUIRE(incoming.begin(no_limit, no_limit));
  CHECK(incoming.transfer.response.body.capacity() <= 2 * 1024 * 1024);
}

#include "sinks/ordered_sink.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "catch2_shim.hpp"
#include "sinks/body_sink.hpp"
#include "sinks/jsonl_sink.hpp"
#include "unit/sinks/sample_record.hpp"

namespace nbcrawl {
namespace {

OrderedSink ordered_bodies(Output& output) {
  return {output, [](Output& inner) { return std::make_unique<BodySink>(inner, false); }};
}

void write(OrderedSink& sink, std::uint64_t index, std::string_view body) {
  REQUIRE(sink.write({.index = index, .body = body}));
}

TEST_CASE("a result that comes before its turn waits for it", "[ordered_sink]") {
  MemoryOutput output;
  OrderedSink sink = ordered_bodies(output);
  write(sink, 2, "c");
  write(sink, 1, "b");
  CHECK(output.bytes.empty());
  CHECK(sink.next_due() == 0);
  CHECK(sink.held_bytes() > 2);
  write(sink, 0, "a");
  CHECK(output.bytes == "abc");
  CHECK(sink.next_due() == 3);
  CHECK(sink.held_bytes() == 0);
  write(sink, 3, "d");
  CHECK(output.bytes == "abcd");
}

TEST_CASE("results in random order come out in the order of their jobs", "[ordered_sink]") {
  std::mt19937 random(11);
  for (int round = 0; round < 20; ++round) {
    MemoryOutput output;
    OrderedSink sink(output,
                     [](Output& inner) { return std::make_unique<JsonlSink>(inner, *parse_record_fields("id")); });
    std::vector<std::uint64_t> order(1000);
    std::iota(order.begin(), order.end(), 0);
    std::ranges::shuffle(order, random);
    for (const std::uint64_t index : order) write(sink, index, "");
    REQUIRE(sink.finish());
    std::string expected;
    for (std::size_t i = 0; i < order.size(); ++i) expected += R"({"id":")" + std::to_string(i) + "\"}\n";
    REQUIRE(output.bytes == expected);
    REQUIRE(sink.held_bytes() == 0);
  }
}

TEST_CASE("a held result does not change when the record it came from does", "[ordered_sink]") {
  MemoryOutput output;
  OrderedSink sink = ordered_bodies(output);
  std::string body = "held";
  write(sink, 1, body);
  body = "gone";
  write(sink, 0, "first ");
  CHECK(output.bytes == "first held");
}

TEST_CASE("failed jobs take their turn, too", "[ordered_sink]") {
  MemoryOutput output;
  OrderedSink sink = ordered_bodies(output);
  const Error error{.kind = ErrorKind::timeout, .phase = Phase::response};
  write(sink, 1, "b");
  REQUIRE(sink.write({.index = 0, .error = &error}));
  CHECK(output.bytes == "b");
}

TEST_CASE("results that are empty are not held for free", "[ordered_sink]") {
  MemoryOutput output;
  OrderedSink sink = ordered_bodies(output);
  for (std::uint64_t index = 1; index <= 1000; ++index) write(sink, index, "");
  CHECK(sink.held_bytes() >= 1000 * 40);
  write(sink, 0, "");
  CHECK(sink.held_bytes() == 0);
  CHECK(sink.next_due() == 1001);
}

TEST_CASE("a run that was stopped writes what it has, in order", "[ordered_sink]") {
  MemoryOutput output;
  OrderedSink sink = ordered_bodies(output);
  for (const auto& [index, body] : {std::pair(5, "f"), std::pair(2, "c"), std::pair(6, "g"), std::pair(0, "a")}) {
    write(sink, static_cast<std::uint64_t>(index), body);
  }
  CHECK(output.bytes == "a");
  REQUIRE(sink.finish());
  CHECK(output.bytes == "acfg");
}

TEST_CASE("a held result that can't be written is an error", "[ordered_sink]") {
  MemoryOutput output;
  OrderedSink sink = ordered_bodies(output);
  write(sink, 1, "b");
  output.full = true;
  CHECK_FALSE(sink.write({.index = 0, .body = "a"}));
  CHECK_FALSE(sink.finish());
}

TEST_CASE("jobs that an earlier run has done leave no gap to wait for") {
  MemoryOutput output;
  OrderedSink sink(
      output, [](Output& inner) { return std::make_unique<BodySink>(inner, false); },
      [](std::uint64_t index) { return index + index % 2; });  // the odd ones are done
  write(sink, 2, "c");
  write(sink, 6, "g");
  CHECK(output.bytes.empty());
  write(sink, 0, "a");
  CHECK(output.bytes == "ac");
  CHECK(sink.next_due() == 4);
  // 4 does not come: what waits for it is fetched again when the run goes on.
  REQUIRE(sink.finish());
  CHECK(output.bytes == "ac");
}

}  // namespace
}  // namespace nbcrawl

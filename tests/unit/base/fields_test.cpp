#include "nbcrawl/fields.hpp"

#include <malloc.h>

#include <string>

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

/// Bytes that are allocated, as the C library counts them.
std::size_t bytes_in_use() {
  const auto counted = ::mallinfo2();
  return counted.uordblks + counted.hblkhd;
}

/// Under a sanitizer, which allocates by itself, it counts nothing.
bool allocations_are_counted() {
  const std::size_t before = bytes_in_use();
  const std::string large(100'000, 'x');
  return bytes_in_use() >= before + large.size();
}

TEST_CASE("Fields keep order, spelling and repetitions") {
  Fields fields;
  CHECK(fields.empty());
  fields.add("Set-Cookie", "a=1");
  fields.add("X-Empty", "");
  fields.add("set-cookie", "b=2");
  REQUIRE(fields.size() == 3);
  CHECK(fields[0].name == "Set-Cookie");
  CHECK(fields[0].value == "a=1");
  CHECK(fields[1].name == "X-Empty");
  CHECK(fields[1].value.empty());
  CHECK(fields[2].name == "set-cookie");
  CHECK(fields[2].value == "b=2");
}

TEST_CASE("Fields hand out right views after the block has grown many times") {
  Fields fields;
  for (int i = 0; i < 1000; ++i) fields.add("Name-" + std::to_string(i), std::string(static_cast<std::size_t>(i), 'v'));
  for (int i = 0; i < 1000; ++i) {
    const Field field = fields[static_cast<std::size_t>(i)];
    REQUIRE(field.name == "Name-" + std::to_string(i));
    REQUIRE(field.value.size() == static_cast<std::size_t>(i));
  }
}

TEST_CASE("get finds the first field line of a name, whatever its case") {
  Fields fields;
  fields.add("Content-Type", "text/html");
  fields.add("content-type", "text/plain");
  CHECK(fields.get("CONTENT-TYPE") == "text/html");
  CHECK(fields.get("Content-Typ") == std::nullopt);
  CHECK(fields.get("Content-Type2") == std::nullopt);
  CHECK(fields.get("") == std::nullopt);
}

TEST_CASE("an empty value is found and is not the same as no field line") {
  Fields fields;
  fields.add("Accept", "");
  REQUIRE(fields.get("accept").has_value());
  CHECK(fields.get("accept")->empty());
}

TEST_CASE("clear leaves nothing behind") {
  Fields fields;
  fields.add("A", "1");
  fields.clear();
  CHECK(fields.empty());
  CHECK(fields.get("A") == std::nullopt);
  fields.add("B", "2");
  REQUIRE(fields.size() == 1);
  CHECK(fields[0].name == "B");
  CHECK(fields[0].value == "2");
}

TEST_CASE("has_token looks through every field line of the name") {
  Fields fields;
  fields.add("Connection", "keep-alive , Upgrade");
  fields.add("Vary", "close");
  fields.add("connection", ",\tCLOSE\t,");
  CHECK(fields.has_token("Connection", "keep-alive"));
  CHECK(fields.has_token("Connection", "upgrade"));
  CHECK(fields.has_token("Connection", "close"));
  CHECK_FALSE(fields.has_token("Connection", "keep"));
  CHECK_FALSE(fields.has_token("Connection", "alive"));
  CHECK_FALSE(fields.has_token("Connection", "keep-alive , Upgrade"));
  CHECK_FALSE(fields.has_token("Trailer", "close"));
}

TEST_CASE("has_token copes with lists that hold nothing") {
  Fields fields;
  fields.add("A", "");
  fields.add("B", " , ,, ");
  CHECK_FALSE(fields.has_token("A", "x"));
  CHECK_FALSE(fields.has_token("B", "x"));
}

TEST_CASE("what a large head took is given back when it is cleared") {
  if (!allocations_are_counted()) return;
  const std::size_t before = bytes_in_use();
  Fields fields;
  for (int i = 0; i < 20'000; ++i) fields.add("X", "some value");
  REQUIRE(bytes_in_use() > before + 500'000);
  fields.clear();
  CHECK(bytes_in_use() < before + 50'000);
}

TEST_CASE("the memory of a usual head is used again") {
  Fields fields;
  fields.add("Content-Type", "text/html; charset=utf-8");
  const char* const bytes = fields[0].name.data();
  fields.clear();
  fields.add("Content-Type", "text/html; charset=utf-8");
  CHECK(fields[0].name.data() == bytes);
}

TEST_CASE("equals_ignoring_case folds ASCII letters and nothing else") {
  CHECK(equals_ignoring_case("", ""));
  CHECK(equals_ignoring_case("aZ-09", "Az-09"));
  CHECK_FALSE(equals_ignoring_case("a", "ab"));
  CHECK_FALSE(equals_ignoring_case("[", "{"));  // 0x20 apart, as letters are
  CHECK_FALSE(equals_ignoring_case("@", "`"));
  CHECK_FALSE(equals_ignoring_case("\xC4", "\xE4"));
}

}  // namespace
}  // namespace nbcrawl

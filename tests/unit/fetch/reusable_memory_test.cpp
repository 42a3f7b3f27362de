#include "fetch/reusable_memory.hpp"

#include "catch2_shim.hpp"

using namespace nbcrawl;

TEST_CASE("the memory of the body that was done with last serves the next one, empty") {
  ReusableMemory memory;
  CHECK(memory.take_body().empty());
  std::string first(1000, 'a');
  std::string last(2000, 'b');
  const char* const there = last.data();
  memory.give_back(first);
  memory.give_back(last);
  CHECK(last.capacity() < 1000);
  const std::string body = memory.take_body();
  CHECK(body.empty());
  CHECK(body.data() == there);
  CHECK(memory.take_body().capacity() >= 1000);
  CHECK(memory.take_body().capacity() < 1000);
}

TEST_CASE("of what bodies leave only so much is kept") {
  ReusableMemory memory;
  const auto give_back = [&](std::size_t bytes) {
    std::string body(bytes, 'a');
    memory.give_back(body);
    CHECK(body.capacity() < 1000);
  };
  give_back(std::size_t{10} * 1024 * 1024);
  CHECK(memory.take_body().capacity() < 1000);
  for (int i = 0; i < 100; ++i) give_back(100 * 1024);
  int kept = 0;
  while (memory.take_body().capacity() > 1000) ++kept;
  CHECK(kept == 16);
}

#include "base/quantity.hpp"

#include "catch2_shim.hpp"

using namespace std::chrono_literals;
using nbcrawl::parse_duration;
using nbcrawl::parse_size;

TEST_CASE("a duration is a number with a unit, seconds where there is none") {
  CHECK(parse_duration("10") == 10s);
  CHECK(parse_duration("10s") == 10s);
  CHECK(parse_duration("1.5") == 1500ms);
  CHECK(parse_duration("250ms") == 250ms);
  CHECK(parse_duration("2m") == 2min);
  CHECK(parse_duration("0.5h") == 30min);
  CHECK(parse_duration(".25s") == 250ms);
  CHECK(parse_duration("1e1") == 10s);
  CHECK(parse_duration("0") == 0ms);
}

TEST_CASE("a duration is rounded to milliseconds, but never to nothing") {
  CHECK(parse_duration("0.07") == 70ms);
  CHECK(parse_duration("1.6ms") == 2ms);
  CHECK(parse_duration("0.0001") == 1ms);
}

TEST_CASE("a duration of a program is kept within what a deadline can hold") {
  CHECK(nbcrawl::bounded(7ms) == 7ms);
  CHECK(nbcrawl::bounded(-1ms) == 0ms);
  CHECK(nbcrawl::bounded(std::chrono::milliseconds::max()) == nbcrawl::max_duration);
}

TEST_CASE("what is no duration gives nothing") {
  for (const auto* text : {"", "s", "ms", "-1", "+1", " 1", "1 ", "1 s", "1d", "1S", "1sec", "1m30s", "inf", "nan",
                           "0x10", "1e999", "1e99", "1,5", "876001h0"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("a duration above the maximum is refused, not wrapped") {
  CHECK(parse_duration("878400h") == nbcrawl::max_duration);
  CHECK_FALSE(parse_duration("878401h"));
}

TEST_CASE("a size is a whole number of bytes, KiB, MiB or GiB") {
  CHECK(parse_size("0") == 0U);
  CHECK(parse_size("1000") == 1000U);
  CHECK(parse_size("1k") == 1024U);
  CHECK(parse_size("64M") == 64U * 1024 * 1024);
  CHECK(parse_size("64m") == 64U * 1024 * 1024);
  CHECK(parse_size("3G") == 3ULL * 1024 * 1024 * 1024);
  CHECK(parse_size("18446744073709551615") == 18446744073709551615ULL);
  CHECK(parse_size("17179869183G") == 17179869183ULL << 30U);
}

TEST_CASE("what is no size gives nothing") {
  for (const auto* text : {"", "k", "-1", "+1", " 1", "1 k", "1.5M", "1e6", "1kb", "1KiB", "1T", "0x10",
                           "18446744073709551616", "17179869184G", "18014398509481984k"}) {
    INFO(text);
    CHECK_FALSE(parse_size(text));
  }
}

#include "base/timestamp.hpp"

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::system_clock;

TEST_CASE("a moment is written as RFC 3339 in UTC with milliseconds", "[timestamp]") {
  CHECK(timestamp(system_clock::time_point{}) == "1970-01-01T00:00:00.000Z");
  CHECK(timestamp(sys_days(2026y / 1 / 31) + 8h + 5min + 9s + 42'999us) == "2026-01-31T08:05:09.042Z");
  CHECK(timestamp(sys_days(2024y / 2 / 29) + 23h + 59min + 59s + 999ms) == "2024-02-29T23:59:59.999Z");
  CHECK(timestamp(sys_days(1969y / 12 / 31) + 23h) == "1969-12-31T23:00:00.000Z");
}

TEST_CASE("the time of day is cut off behind the unit that is asked for", "[timestamp]") {
  const auto moment = sys_days(2026y / 1 / 31) + 8h + 5min + 9s + 42'007us;
  CHECK(timestamp(moment, TimeUnit::microsecond) == "2026-01-31T08:05:09.042007Z");
  CHECK(timestamp(moment, TimeUnit::millisecond) == "2026-01-31T08:05:09.042Z");
}

}  // namespace
}  // namespace nbcrawl

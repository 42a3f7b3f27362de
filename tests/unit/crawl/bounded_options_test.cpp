#include "crawl/bounded_options.hpp"

#include "base/clock.hpp"
#include "base/quantity.hpp"
#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

TEST_CASE("no duration of a program makes a deadline wrap", "[options]") {
  Options options;
  const auto durations = [&options](auto give, auto check) {
    for (auto* const time :
         {&options.connect_timeout, &options.max_time, &options.speed_time, &options.limits.max_idle_time}) {
      give(*time);
    }
    for (auto* const gap : {&options.gap, &options.host_gap}) give(*gap);
    options = bounded(std::move(options));
    check(options.connect_timeout);
    check(options.max_time);
    check(options.speed_time);
    check(options.limits.max_idle_time);
    check(options.gap);
    check(options.host_gap);
  };
  durations([](auto& time) { time = time.max(); },
            [](auto time) {
              CHECK(time == max_duration);
              CHECK(Clock::now() + Duration(time) > Clock::now());
            });
  durations([](auto& time) { time = time.min(); }, [](auto time) { CHECK(time.count() == 0); });
  durations([](auto& time) { time = std::chrono::seconds(5); },
            [](auto time) { CHECK(time == std::chrono::seconds(5)); });
}

}  // namespace
}  // namespace nbcrawl

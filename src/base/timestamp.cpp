#include "base/timestamp.hpp"

#include "base/clock.hpp"

namespace nbcrawl {

std::string timestamp(std::chrono::system_clock::time_point moment, TimeUnit down_to) {
  using std::chrono::floor;
  const auto day = floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(floor<microseconds>(moment - day));
  std::string text = "0000-00-00T00:00:00.000000Z";
  const auto put = [&](std::size_t last, auto value) {
    for (auto rest = static_cast<unsigned>(value); rest > 0; rest /= 10)
      text[last--] = static_cast<char>('0' + rest % 10);
  };
  put(3, static_cast<int>(date.year()));
  put(6, static_cast<unsigned>(date.month()));
  put(9, static_cast<unsigned>(date.day()));
  put(12, time.hours().count());
  put(15, time.minutes().count());
  put(18, time.seconds().count());
  put(25, time.subseconds().count());
  if (down_to == TimeUnit::millisecond) text.erase(23, 3);
  return text;
}

}  // namespace nbcrawl

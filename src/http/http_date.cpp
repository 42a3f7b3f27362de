#include "http/http_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <string>

#include "base/ascii.hpp"

namespace nbcrawl {

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
  // IMF-fixdate, RFC 850, asctime. strptime reads names in the C locale, which we never leave.
  constexpr std::array formats{"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"};
  const std::string date(text);
  for (const char* format : formats) {
    std::tm fields{};
    const char* end = ::strptime(date.c_str(), format, &fields);
    if (end == date.c_str() + date.size()) return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&fields)));
  }
  return std::nullopt;
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view text,
                                                      std::chrono::system_clock::time_point now) {
  using std::chrono::seconds;
  constexpr seconds longest = std::chrono::days(366);
  if (all_digits(text)) {
    std::uint64_t said = longest.count();  // what is too large for a number is too long to wait
    std::from_chars(text.data(), text.data() + text.size(), said);
    return seconds(std::min<std::uint64_t>(said, longest.count()));
  }
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  // In seconds: the nanoseconds that `now` counts in end before the dates that can be written do.
  return std::clamp(*date - std::chrono::floor<seconds>(now), seconds(0), longest);
}

}  // namespace nbcrawl

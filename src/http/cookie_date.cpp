#include "http/cookie_date.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/ascii.hpp"
#include "nbcrawl/fields.hpp"

namespace nbcrawl {

namespace {

struct TimeOfDay {
  int hour;
  int minute;
  int second;
};

/// What is found of a date, in whatever order it stands there.
struct DateParts {
  std::optional<TimeOfDay> time;
  std::optional<int> day;
  std::optional<int> month;
  std::optional<int> year;
};

bool is_delimiter(char c) noexcept {
  return c == '\t' || (c >= ' ' && c <= '/') || (c >= ';' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

/// Takes the digits at the start of `text`; nullopt where they are fewer or more than allowed.
std::optional<int> take_number(std::string_view& text, std::size_t fewest, std::size_t most) noexcept {
  int value = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && is_digit(text[digits]); ++digits) {
    if (digits == most) return std::nullopt;
    value = value * 10 + (text[digits] - '0');
  }
  if (digits < fewest) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take_colon(std::string_view& text) noexcept {
  if (!text.starts_with(':')) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<TimeOfDay> time_of(std::string_view token) noexcept {
  const auto hour = take_number(token, 1, 2);
  if (!hour || !take_colon(token)) return std::nullopt;
  const auto minute = take_number(token, 1, 2);
  if (!minute || !take_colon(token)) return std::nullopt;
  const auto second = take_number(token, 1, 2);
  if (!second) return std::nullopt;
  return TimeOfDay{.hour = *hour, .minute = *minute, .second = *second};
}

std::optional<int> month_of(std::string_view token) noexcept {
  constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                    "jul", "aug", "sep", "oct", "nov", "dec"};
  const auto* const found = std::ranges::find_if(
      months, [name = token.substr(0, 3)](std::string_view month) { return equals_ignoring_case(month, name); });
  if (found == months.end()) return std::nullopt;
  return static_cast<int>(found - months.begin()) + 1;
}

/// Sets `part` unless it is set, or the token is none.
template <class T>
bool fill(std::optional<T>& part, std::optional<T> found) noexcept {
  if (part || !found) return false;
  part = found;
  return true;
}

void read_token(std::string_view token, DateParts& parts) noexcept {
  if (fill(parts.time, time_of(token))) return;
  std::string_view day = token;
  if (fill(parts.day, take_number(day, 1, 2))) return;
  if (fill(parts.month, month_of(token))) return;
  fill(parts.year, take_number(token, 2, 4));
}

DateParts read_parts(std::string_view text) noexcept {
  DateParts parts;
  while (!text.empty()) {
    const auto* const begin = std::ranges::find_if_not(text, is_delimiter);
    const auto* const end = std::find_if(begin, text.end(), is_delimiter);
    read_token({begin, end}, parts);
    text = {end, text.end()};
  }
  return parts;
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_cookie_date(std::string_view text) {
  const auto [time, day, month, year_read] = read_parts(text);
  if (!time || !day || !month || !year_read) return std::nullopt;
  int year = *year_read;
  if (year >= 70 && year <= 99) year += 1900;
  if (year <= 69) year += 2000;
  if (year < 1601 || time->hour > 23 || time->minute > 59 || time->second > 59) return std::nullopt;
  const auto date = std::chrono::year(year) / *month / *day;
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(time->hour) + std::chrono::minutes(time->minute) +
         std::chrono::seconds(time->second);
}

}  // namespace nbcrawl

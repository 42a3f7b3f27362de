#include "base/quantity.hpp"

#include <charconv>
#include <cmath>
#include <system_error>

#include "base/ascii.hpp"

namespace nbcrawl {
namespace {

/// What the unit of a duration stands for; 0: it is none.
double milliseconds_in(std::string_view unit) noexcept {
  if (unit.empty() || unit == "s") return 1000;
  if (unit == "ms") return 1;
  if (unit == "m") return 60'000;
  if (unit == "h") return 3'600'000;
  return 0;
}

std::optional<unsigned> power_of_two_in(std::string_view suffix) noexcept {
  if (suffix.empty()) return 0;
  if (suffix == "k" || suffix == "K") return 10;
  if (suffix == "m" || suffix == "M") return 20;
  if (suffix == "g" || suffix == "G") return 30;
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept {
  // from_chars would also take a sign, "inf" and "nan".
  if (text.empty() || !(is_digit(text.front()) || text.front() == '.')) return std::nullopt;
  double number = 0;
  const auto [rest, status] = std::from_chars(text.begin(), text.end(), number);
  if (status != std::errc{}) return std::nullopt;
  const double factor = milliseconds_in(std::string_view(rest, text.end()));
  const double value = number * factor;
  if (factor == 0 || value > static_cast<double>(std::chrono::milliseconds(max_duration).count())) return std::nullopt;
  const std::chrono::milliseconds rounded(std::llround(value));
  return rounded.count() == 0 && number > 0 ? std::chrono::milliseconds(1) : rounded;
}

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
  std::uint64_t number = 0;
  const auto [rest, status] = std::from_chars(text.begin(), text.end(), number);
  if (status != std::errc{}) return std::nullopt;
  const auto power = power_of_two_in(std::string_view(rest, text.end()));
  if (!power || (number << *power) >> *power != number) return std::nullopt;
  return number << *power;
}

}  // namespace nbcrawl

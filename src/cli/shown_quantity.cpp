#include "cli/shown_quantity.hpp"

#include <array>
#include <cstdio>

namespace nbcrawl {

std::string shown_number(const char* pattern, double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), pattern, value);
  return text.data();
}

std::string shown_bytes(std::uint64_t bytes) {
  constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
  return shown_number(unit == 0 ? "%.0f " : "%.1f ", value) + units[unit];
}

std::string shown_duration(double seconds) {
  if (seconds < 60) return shown_number("%.1f s", seconds);
  const auto whole = static_cast<std::uint64_t>(seconds);
  const auto two_digits = [](std::uint64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return std::to_string(whole / 3600) + ":" + two_digits(whole / 60 % 60) + ":" + two_digits(whole % 60);
}

}  // namespace nbcrawl

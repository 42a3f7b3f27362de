#include "base/nearest_name.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace nbcrawl {
namespace {

constexpr std::size_t longest_name = 40;

/// The optimal string alignment distance of two names of at most longest_name bytes.
std::size_t edit_distance(std::string_view a, std::string_view b) noexcept {
  using Row = std::array<std::size_t, longest_name + 1>;
  Row before_last{};
  Row last{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = last;
    last = row;
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substituted});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view nearest_name(std::string_view written, std::span<const std::string_view> known) noexcept {
  std::string_view nearest;
  if (written.size() > longest_name) return nearest;
  std::size_t least = longest_name;
  for (const std::string_view name : known) {
    if (name.size() > longest_name) continue;
    const std::size_t distance = edit_distance(written, name);
    if (distance < least && distance * 3 <= std::max(written.size(), name.size())) {
      nearest = name;
      least = distance;
    }
  }
  return nearest;
}

}  // namespace nbcrawl

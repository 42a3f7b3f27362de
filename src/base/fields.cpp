#include "nbcrawl/fields.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace nbcrawl {

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return to_lower_case(x) == to_lower_case(y); });
}

void Fields::add(std::string_view name, std::string_view value) {
  const auto begin = static_cast<std::uint32_t>(block_.size());
  block_.append(name).append(value);
  entries_.push_back({.name = begin,
                      .name_size = static_cast<std::uint32_t>(name.size()),
                      .value = begin + static_cast<std::uint32_t>(name.size()),
                      .value_size = static_cast<std::uint32_t>(value.size())});
}

void Fields::clear() noexcept {
  // The memory of a usual head is used again; what a hostile one took is given back.
  constexpr std::size_t most_kept_bytes = 16 * 1024;
  constexpr std::size_t most_kept_entries = 256;
  block_.clear();
  entries_.clear();
  if (block_.capacity() > most_kept_bytes) block_.shrink_to_fit();
  if (entries_.capacity() > most_kept_entries) entries_.shrink_to_fit();
}

Field Fields::operator[](std::size_t i) const noexcept {
  const Entry& entry = entries_[i];
  const std::string_view block(block_);
  return {.name = block.substr(entry.name, entry.name_size), .value = block.substr(entry.value, entry.value_size)};
}

std::size_t Fields::find(std::string_view name, std::size_t from) const noexcept {
  for (; from < entries_.size(); ++from) {
    const Entry& entry = entries_[from];
    if (entry.name_size != name.size()) continue;
    if (equals_ignoring_case({block_.data() + entry.name, entry.name_size}, name)) break;
  }
  return from;
}

std::optional<std::string_view> Fields::get(std::string_view name) const noexcept {
  const std::size_t i = find(name);
  if (i == size()) return std::nullopt;
  return (*this)[i].value;
}

std::string Fields::joined(std::string_view name) const {
  std::string values;
  for (std::size_t i = find(name); i < size(); i = find(name, i + 1))
    values.append(values.empty() ? "" : ", ").append((*this)[i].value);
  return values;
}

bool Fields::has_token(std::string_view name, std::string_view token) const noexcept {
  for (std::size_t i = find(name); i < size(); i = find(name, i + 1)) {
    std::string_view rest = (*this)[i].value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      if (equals_ignoring_case(trim_blanks(rest.substr(0, comma)), token)) return true;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return false;
}

}  // namespace nbcrawl

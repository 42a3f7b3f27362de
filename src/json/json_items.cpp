#include "json/json_items.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "json/json_text.hpp"

namespace nbcrawl {
namespace {

void skip_white(std::string_view& text) noexcept {
  while (!text.empty() && is_json_white(text.front())) text.remove_prefix(1);
}

/// The size of the string at the start of `text`, quotation marks included.
std::size_t string_size(std::string_view text) noexcept {
  const char* const end = text.data() + text.size();
  const char* at = end_of_plain_text(text.data() + 1, end);
  while (*at == '\\') at = end_of_plain_text(at + 2, end);
  return static_cast<std::size_t>(at - text.data()) + 1;
}

std::size_t scalar_size(std::string_view text) noexcept {
  const auto ends = [](char c) { return c == ',' || c == '}' || c == ']' || is_json_white(c); };
  return static_cast<std::size_t>(std::find_if(text.begin(), text.end(), ends) - text.begin());
}

std::size_t container_size(std::string_view text) noexcept {
  std::size_t depth = 0;
  std::size_t at = 0;
  do {
    switch (text[at]) {
      case '"': at += string_size(text.substr(at)); continue;
      case '{':
      case '[': ++depth; break;
      case '}':
      case ']': --depth; break;
      default: break;
    }
    ++at;
  } while (depth > 0);
  return at;
}

std::size_t value_size(std::string_view text) noexcept {
  switch (text.front()) {
    case '"': return string_size(text);
    case '{':
    case '[': return container_size(text);
    default: return scalar_size(text);
  }
}

std::string_view take(std::string_view& text, std::size_t size) noexcept {
  const std::string_view taken = text.substr(0, size);
  text.remove_prefix(size);
  return taken;
}

/// A member's name and where it stands.
using Name = std::pair<std::string, std::size_t>;

/// Where the first name stands that an earlier one of the same object equals.
std::optional<std::size_t> find_duplicate(std::vector<Name>& names) {
  std::sort(names.begin(), names.end());
  std::optional<std::size_t> first;
  for (std::size_t i = 1; i < names.size(); ++i) {
    if (names[i].first == names[i - 1].first) first = std::min(first.value_or(names[i].second), names[i].second);
  }
  return first;
}

}  // namespace

JsonType type_of(std::string_view value) noexcept {
  switch (value.front()) {
    case '{': return JsonType::object;
    case '[': return JsonType::array;
    case '"': return JsonType::string;
    case 't':
    case 'f':
    case 'n': return JsonType::literal;
    default: return JsonType::number;
  }
}

JsonItems::JsonItems(std::string_view object_or_array) noexcept
    : rest_(object_or_array.substr(1)), in_object_(object_or_array.front() == '{') {}

bool JsonItems::next() noexcept {
  skip_white(rest_);
  if (rest_.front() == ',') rest_.remove_prefix(1);
  skip_white(rest_);
  if (rest_.front() == '}' || rest_.front() == ']') return false;
  if (in_object_) {
    name_ = take(rest_, string_size(rest_));
    skip_white(rest_);
    rest_.remove_prefix(1);  // the colon
    skip_white(rest_);
  }
  value_ = take(rest_, value_size(rest_));
  return true;
}

std::optional<std::string_view> string_value(std::string_view string, std::string& storage) {
  const std::string_view inside = string.substr(1, string.size() - 2);
  if (inside.find('\\') == std::string_view::npos) return inside;
  auto value = nlohmann::json::parse(string, nullptr, false);
  if (!value.is_string()) return std::nullopt;
  storage = std::move(value.get_ref<std::string&>());
  return storage;
}

std::string compact_json(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  while (!value.empty()) {
    if (value.front() == '"') {
      out += take(value, string_size(value));
    } else if (is_json_white(value.front())) {
      value.remove_prefix(1);
    } else {
      out += take(value, 1);
    }
  }
  return out;
}

std::optional<JsonFlaw> find_flaw(std::string_view value) {
  std::vector<std::vector<Name>> open;  // per object or array that is not closed yet
  std::string storage;
  std::string_view rest = value;
  while (!rest.empty()) {
    const char first = rest.front();
    if (first == '"') {
      const std::size_t offset = value.size() - rest.size();
      const auto text = string_value(take(rest, string_size(rest)), storage);
      if (!text) return JsonFlaw{.offset = offset, .duplicate = false};
      skip_white(rest);
      if (!rest.empty() && rest.front() == ':') open.back().emplace_back(*text, offset);
      continue;
    }
    if (first == '{' || first == '[') open.emplace_back();
    if (first == '}' || first == ']') {
      if (const auto offset = find_duplicate(open.back())) return JsonFlaw{.offset = *offset, .duplicate = true};
      open.pop_back();
    }
    rest.remove_prefix(1);
  }
  return std::nullopt;
}

}  // namespace nbcrawl

#include "json/json_pointer.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>

#include "json/json_items.hpp"

namespace nbcrawl {

namespace {

/// Takes the first token off a pointer, its escapes resolved.
std::string take_token(std::string_view& pointer) {
  pointer.remove_prefix(1);
  const std::size_t end = std::min(pointer.find('/'), pointer.size());
  std::string token;
  for (std::size_t i = 0; i < end; ++i) {
    const bool escaped = pointer[i] == '~';
    if (escaped) ++i;
    token += !escaped ? pointer[i] : pointer[i] == '0' ? '~' : '/';
  }
  pointer.remove_prefix(end);
  return token;
}

std::optional<std::string_view> member(std::string_view object, std::string_view name) {
  std::optional<std::string_view> found;
  std::string storage;
  for (JsonItems items(object); items.next();) {
    if (string_value(items.name(), storage) == name) found = items.value();
  }
  return found;
}

std::optional<std::string_view> element(std::string_view array, std::string_view token) {
  std::size_t index = 0;
  const char* const end = token.data() + token.size();
  const auto [stopped, failed] = std::from_chars(token.data(), end, index);
  if (failed != std::errc() || stopped != end || (token.size() > 1 && token.starts_with('0'))) return std::nullopt;
  JsonItems items(array);
  for (std::size_t i = 0; items.next(); ++i) {
    if (i == index) return items.value();
  }
  return std::nullopt;
}

}  // namespace

bool is_json_pointer(std::string_view pointer) noexcept {
  if (!pointer.empty() && pointer.front() != '/') return false;
  for (std::size_t tilde = pointer.find('~'); tilde != std::string_view::npos; tilde = pointer.find('~', tilde + 1)) {
    if (tilde + 1 == pointer.size() || (pointer[tilde + 1] != '0' && pointer[tilde + 1] != '1')) return false;
  }
  return true;
}

std::optional<std::string_view> find_by_pointer(std::string_view json, std::string_view pointer) {
  const std::size_t begin = json.find_first_not_of(" \t\r\n");
  const std::size_t last = json.find_last_not_of(" \t\r\n");
  std::optional<std::string_view> value = json.substr(begin, last - begin + 1);
  while (value && !pointer.empty()) {
    const std::string token = take_token(pointer);
    switch (type_of(*value)) {
      case JsonType::object: value = member(*value, token); break;
      case JsonType::array: value = element(*value, token); break;
      default: return std::nullopt;
    }
  }
  return value;
}

}  // namespace nbcrawl

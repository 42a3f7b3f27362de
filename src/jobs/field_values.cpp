#include "jobs/field_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.hpp"
#include "base/field_syntax.hpp"
#include "base/quantity.hpp"
#include "jobs/shown_text.hpp"
#include "json/json_items.hpp"
#include "json/json_text.hpp"

namespace nbcrawl {
namespace {

/// The text of a number, or that of a string; nothing for other types.
std::optional<std::string> to_quantity(std::string_view json) {
  if (type_of(json) == JsonType::number) return std::string(json);
  return to_string(json);
}

/// Reads one member of "headers" into `headers`. Returns what is wrong with it.
std::optional<std::string> add_header(const std::string& name, std::string_view value, std::vector<Header>& headers) {
  const auto add = [&](std::string_view json) -> std::optional<std::string> {
    auto text = to_string(json);
    if (!text) {
      return "headers: expected a string or a list of strings for \"" + name + "\", got " +
             std::string(shown_type(json));
    }
    if (!is_field_value(*text)) return "headers: the value of \"" + name + "\" has a control character";
    headers.push_back({.name = name, .value = *std::move(text)});
    return std::nullopt;
  };
  if (type_of(value) != JsonType::array) return add(value);
  for (JsonItems items(value); items.next();) {
    if (auto fault = add(items.value())) return fault;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> to_text(std::string_view json, std::string& storage) {
  if (type_of(json) != JsonType::string) return std::nullopt;
  return string_value(json, storage);
}

std::optional<std::string> to_string(std::string_view json) {
  std::string storage;
  const auto text = to_text(json, storage);
  if (!text) return std::nullopt;
  return std::string(*text);
}

std::optional<bool> to_bool(std::string_view json) {
  if (json == "true") return true;
  if (json == "false") return false;
  return std::nullopt;
}

std::optional<std::string> to_name(std::string_view json) {
  auto text = to_string(json);
  if (!text || text->empty() || text->find('\0') != std::string::npos) return std::nullopt;
  return text;
}

std::optional<std::string> to_id(std::string_view json) {
  if (type_of(json) != JsonType::number) return to_name(json);
  const std::string_view digits = json.substr(json.front() == '-' ? 1 : 0);
  if (!std::ranges::all_of(digits, is_digit)) return std::nullopt;
  return std::string(json);
}

std::optional<std::uint16_t> to_port(std::string_view json) {
  std::uint16_t port = 0;
  const auto [rest, status] = std::from_chars(json.begin(), json.end(), port);
  if (status != std::errc{} || rest != json.end() || port == 0) return std::nullopt;
  return port;
}

std::optional<std::uint32_t> to_count(std::string_view json) {
  std::uint32_t count = 0;
  const auto [rest, status] = std::from_chars(json.begin(), json.end(), count);
  if (status != std::errc{} || rest != json.end() || count > max_count) return std::nullopt;
  return count;
}

std::optional<std::chrono::milliseconds> to_duration(std::string_view json) {
  const auto text = to_quantity(json);
  const auto duration = text ? parse_duration(*text) : std::nullopt;
  return duration && duration->count() > 0 ? duration : std::nullopt;
}

std::optional<std::uint64_t> to_size(std::string_view json) {
  const auto text = to_quantity(json);
  const auto size = text ? parse_size(*text) : std::nullopt;
  return size && *size > 0 ? size : std::nullopt;
}

std::optional<std::string> normal_method(std::string_view method) {
  constexpr std::array<std::string_view, 6> normalized{"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"};
  if (!is_token(method) || equals_ignoring_case(method, "CONNECT")) return std::nullopt;
  for (const std::string_view name : normalized) {
    if (equals_ignoring_case(method, name)) return std::string(name);
  }
  return std::string(method);
}

std::optional<std::string> to_method(std::string_view json) {
  const auto method = to_string(json);
  return method ? normal_method(*method) : std::nullopt;
}

std::optional<std::vector<std::string>> to_names(std::string_view json) {
  std::vector<std::string> names;
  if (type_of(json) != JsonType::array) {
    auto name = to_name(json);
    if (!name) return std::nullopt;
    names.push_back(*std::move(name));
    return names;
  }
  for (JsonItems items(json); items.next();) {
    auto name = to_name(items.value());
    if (!name) return std::nullopt;
    names.push_back(*std::move(name));
  }
  if (names.empty()) return std::nullopt;
  return names;
}

std::optional<Fault> add_headers(std::string_view json, std::vector<Header>& headers) {
  const auto offset_of = [&](std::string_view part) { return static_cast<std::size_t>(part.data() - json.data()); };
  std::vector<Header> added;
  std::vector<std::pair<std::string, std::size_t>> names;  // in lower case, with their places
  for (JsonItems items(json); items.next();) {
    auto name = to_string(items.name());
    if (!name || !is_token(*name)) {
      return Fault{offset_of(items.name()), "headers: " + shown_piece(items.name()) + " is no name of a header field"};
    }
    if (frames_message(*name))
      return Fault{offset_of(items.name()), "headers: \"" + *name + "\" can't be set; it follows from the body"};
    if (auto message = add_header(*name, items.value(), added))
      return Fault{offset_of(items.value()), *std::move(message)};
    names.emplace_back(to_lower_case(*name), offset_of(items.name()));
  }
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names, {}, &std::pair<std::string, std::size_t>::first);
  if (twice != names.end()) {
    return Fault{std::next(twice)->second,
                 "headers: \"" + twice->first + "\" stands twice; give a list of values instead"};
  }
  std::erase_if(headers, [&](const Header& header) {
    return std::ranges::binary_search(names, to_lower_case(header.name), {},
                                      &std::pair<std::string, std::size_t>::first);
  });
  std::ranges::move(added, std::back_inserter(headers));
  return std::nullopt;
}

}  // namespace nbcrawl

#include "cli/settings_file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace nbcrawl {

namespace {

constexpr std::string_view section = "fetch";

TextPosition place_of(const toml::source_region& region) {
  return {.line = region.begin.line, .column = region.begin.column};
}

std::string shortest_text(double number) {
  std::array<char, 32> digits{};
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  if (const auto* integer = node.as_integer()) return std::to_string(integer->get());
  if (const auto* number = node.as_floating_point()) return shortest_text(number->get());
  return std::nullopt;
}

/// A name of many parts is a table in a table for each: to build, walk and drop them takes stack. Inline tables
/// multiply it, by 256 at most (TOML_MAX_NESTED_VALUES).
constexpr int max_dots = 10;

SettingsFault too_deep(TextPosition place) {
  return {.place = place, .message = "a name has more than " + std::to_string(max_dots) + " dots"};
}

/// The length of the string that `text` begins with, its quotes included. Where it has no end it is that of the line,
/// or of all where a string may have many lines.
std::size_t string_bytes(std::string_view text) {
  const char quote = text.front();
  const std::string long_quotes(3, quote);
  const bool is_long = text.starts_with(long_quotes);
  const std::string_view end = is_long ? std::string_view(long_quotes) : text.substr(0, 1);
  for (std::size_t at = end.size(); at < text.size(); ++at) {
    if (!is_long && text[at] == '\n') return at;
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text.substr(at).starts_with(end)) {
      at += end.size();
      for (int more = 0; is_long && more < 2 && text.substr(at).starts_with(quote); ++more) ++at;  // of its content
      return at;
    }
  }
  return text.size();
}

/// The first name of too many parts, as a key, in a header or in an inline table: to be told before it is parsed.
std::optional<SettingsFault> find_deep_name(std::string_view text) {
  int dots = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      at += string_bytes(text.substr(at));  // a part of a name, or a value
      continue;
    }
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if (std::string_view("\n=,[]{}").contains(c)) dots = 0;
    if (c == '.' && ++dots > max_dots) {
      const auto lines_before = static_cast<std::uint64_t>(std::ranges::count(text.substr(0, at), '\n'));
      return too_deep({.line = lines_before + 1});
    }
    ++at;
  }
  return std::nullopt;
}

class SettingsReader {
 public:
  std::optional<SettingsFault> read(const toml::table& file) {
    for (const auto& [key, node] : file) {
      const toml::table* table = node.as_table();
      if (key.str() != section || table == nullptr)
        return SettingsFault{
            .place = place_of(key.source()),
            .message = "options stand under [" + std::string(section) + "], and nothing else may be there"};
      if (auto fault = read_options(*table, "", 0)) return fault;
    }
    std::ranges::sort(options, {}, &FileOption::place);
    return std::nullopt;
  }
  std::vector<FileOption> options;

 private:
  /// TOML reads the name http1.1 as a table with an entry 1: `prefix` is what leads here, and has so many dots.
  std::optional<SettingsFault> read_options(const toml::table& table, const std::string& prefix, int dots) {
    for (const auto& [key, node] : table) {
      if (dots > max_dots) return too_deep(place_of(key.source()));
      const std::string name = prefix + std::string(key.str());
      if (const toml::table* parts = node.as_table()) {
        if (parts->empty()) return no_value(key.source());
        if (auto fault = read_options(*parts, name + ".", dots + 1)) return fault;
        continue;
      }
      FileOption option{.name = name, .values = {}, .place = place_of(key.source())};
      if (auto fault = read_values(node, option.values)) return fault;
      options.push_back(std::move(option));
    }
    return std::nullopt;
  }

  static std::optional<SettingsFault> read_values(const toml::node& node, std::vector<std::string>& values) {
    if (const toml::array* list = node.as_array()) {
      for (const toml::node& item : *list)
        if (auto fault = read_scalar(item, values)) return fault;
      return std::nullopt;
    }
    return read_scalar(node, values);
  }

  static std::optional<SettingsFault> read_scalar(const toml::node& node, std::vector<std::string>& values) {
    auto text = scalar_text(node);
    if (!text) return no_value(node.source());
    values.push_back(std::move(*text));
    return std::nullopt;
  }

  static SettingsFault no_value(const toml::source_region& where) {
    return {.place = place_of(where), .message = "expected a string, a number, true, false, or a list of these"};
  }
};

}  // namespace

std::expected<std::vector<FileOption>, SettingsFault> parse_settings(std::string_view text) {
  if (auto fault = find_deep_name(text)) return std::unexpected(std::move(*fault));
  try {
    SettingsReader reader;
    if (auto fault = reader.read(toml::parse(text))) return std::unexpected(std::move(*fault));
    return std::move(reader.options);
  } catch (const toml::parse_error& error) {
    return std::unexpected(
        SettingsFault{.place = place_of(error.source()), .message = std::string(error.description())});
  }
}

}  // namespace nbcrawl

#include "cli/settings_file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
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

/// A name of many parts is a table in a table for each: to walk them takes stack.
constexpr std::ptrdiff_t max_dots = 100;

/// The first line with such a name.
std::optional<SettingsFault> find_deep_name(std::string_view text) {
  for (TextPosition place; !text.empty(); ++place.line) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (std::ranges::count(line.substr(0, line.find('=')), '.') > max_dots)
      return SettingsFault{.place = place, .message = "a name has more than " + std::to_string(max_dots) + " dots"};
    text.remove_prefix(std::min(line.size() + 1, text.size()));
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
      if (auto fault = read_options(*table, "")) return fault;
    }
    std::ranges::sort(options, {}, &FileOption::place);
    return std::nullopt;
  }
  std::vector<FileOption> options;

 private:
  /// TOML reads the name http1.1 as a table with an entry 1: `prefix` is what leads here.
  std::optional<SettingsFault> read_options(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const std::string name = prefix + std::string(key.str());
      if (const toml::table* parts = node.as_table()) {
        if (parts->empty()) return no_value(key.source());
        if (auto fault = read_options(*parts, name + ".")) return fault;
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

#include "charset/content_type.hpp"

#include <algorithm>

#include "nbcrawl/fields.hpp"

namespace nbcrawl {
namespace {

constexpr std::string_view whitespace = " \t\r\n";

std::string_view trim(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(whitespace), text.size()));
  return text.substr(0, text.find_last_not_of(whitespace) + 1);
}

// Takes a quoted string, its first quote already removed, off the front of `rest` (RFC 9110 section 5.6.4).
std::string take_quoted(std::string_view& rest) {
  std::string value;
  std::size_t i = 0;
  for (; i < rest.size() && rest[i] != '"'; ++i) {
    if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
    value += rest[i];
  }
  rest.remove_prefix(std::min(i + 1, rest.size()));
  return value;
}

void skip_to_next(std::string_view& rest) { rest.remove_prefix(std::min(rest.find(';'), rest.size())); }

}  // namespace

std::optional<std::string> charset_parameter(std::string_view content_type) {
  std::string_view rest = content_type;
  skip_to_next(rest);
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t name_end = std::min(rest.find_first_of("=;"), rest.size());
    const std::string_view parameter = trim(rest.substr(0, name_end));
    rest.remove_prefix(name_end);
    if (!rest.starts_with('=')) continue;
    rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find_first_not_of(whitespace), rest.size()));
    std::string value;
    if (rest.starts_with('"')) {
      rest.remove_prefix(1);
      value = take_quoted(rest);
      skip_to_next(rest);
    } else {
      value = trim(rest.substr(0, rest.find(';')));
      skip_to_next(rest);
    }
    if (!value.empty() && equals_ignoring_case(parameter, "charset")) return value;
  }
  return std::nullopt;
}

}  // namespace nbcrawl

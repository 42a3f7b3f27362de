#include "html/character_reference.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "html/ascii.hpp"
#include "html/named_references.hpp"

namespace nbcrawl::html {
namespace {

constexpr char32_t replacement = 0xFFFD;

// The numeric character reference end state: what 0x80 to 0x9F stand for, for they were windows-1252 once.
constexpr std::array<char16_t, 32> windows_1252 = {0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
                                                   0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

struct NamedReference {
  std::string_view name;
  char32_t code_point;
  char32_t second_point;
  bool needs_semicolon;
};

char32_t take_hexadecimal(std::string_view& text) {
  std::uint32_t value = 0;
  const char* const end = std::from_chars(text.data(), text.data() + text.size(), value, 16).ptr;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::vector<NamedReference> read_list() {
  std::vector<NamedReference> all;
  for (std::string_view rest = named_reference_list; !rest.empty();) {
    const std::size_t name_end = rest.find_first_of(":;");
    NamedReference one{
        .name = rest.substr(0, name_end), .code_point = 0, .second_point = 0, .needs_semicolon = rest[name_end] == ';'};
    rest.remove_prefix(name_end + 1);
    one.code_point = take_hexadecimal(rest);
    if (rest.starts_with('+')) {
      rest.remove_prefix(1);
      one.second_point = take_hexadecimal(rest);
    }
    rest.remove_prefix(1);
    all.push_back(one);
  }
  return all;
}

const NamedReference* find(std::string_view name) {
  static const std::vector<NamedReference> all = read_list();
  const auto found = std::ranges::lower_bound(all, name, {}, &NamedReference::name);
  return found != all.end() && found->name == name ? &*found : nullptr;
}

// Of the names as such, and of those that need no semicolon.
constexpr std::size_t longest_name = 31;
constexpr std::size_t longest_name_alone = 6;
constexpr std::size_t shortest_name = 2;

int digit_value(char c, bool hexadecimal) {
  const int value = hex_value(c);
  return hexadecimal || value < 10 ? value : -1;
}

char32_t meaning_of(char32_t value) {
  if (value == 0 || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return replacement;
  return value >= 0x80 && value <= 0x9F ? char32_t{windows_1252[value - 0x80]} : value;
}

ReferenceMatch match_numeric(std::string_view text, bool more) {
  constexpr ReferenceMatch incomplete{.kind = ReferenceMatch::Kind::incomplete};
  std::size_t i = 2;
  if (i == text.size()) return more ? incomplete : ReferenceMatch{};
  const bool hexadecimal = text[i] == 'x' || text[i] == 'X';
  if (hexadecimal) ++i;
  const std::size_t first_digit = i;
  char32_t value = 0;
  for (; i < text.size(); ++i) {
    const int digit = digit_value(text[i], hexadecimal);
    if (digit < 0) break;
    value = std::min<char32_t>(value * (hexadecimal ? 16 : 10) + static_cast<char32_t>(digit), 0x110000);
  }
  if (i == text.size() && more) return incomplete;
  if (i == first_digit) return {};
  if (i < text.size() && text[i] == ';') ++i;
  return {.kind = ReferenceMatch::Kind::found, .size = i, .code_point = meaning_of(value)};
}

ReferenceMatch found(const NamedReference& reference, std::size_t size) {
  return {.kind = ReferenceMatch::Kind::found,
          .size = size,
          .code_point = reference.code_point,
          .second_point = reference.second_point};
}

// No name ends in the middle of letters and digits when a semicolon follows them, so there are two cases: all of them
// and the semicolon, or the longest beginning of them that is a name without one.
ReferenceMatch match_named(std::string_view text, bool in_attribute, bool more) {
  const std::string_view rest = text.substr(1);
  std::size_t run = 0;
  while (run < rest.size() && run <= longest_name && is_alphanumeric(rest[run])) ++run;
  if (run == rest.size() && more && run <= longest_name) return {.kind = ReferenceMatch::Kind::incomplete};

  if (run < rest.size() && rest[run] == ';') {
    if (const NamedReference* reference = find(rest.substr(0, run))) return found(*reference, run + 2);
  }
  for (std::size_t size = std::min(run, longest_name_alone); size >= shortest_name; --size) {
    const NamedReference* reference = find(rest.substr(0, size));
    if (reference == nullptr || reference->needs_semicolon) continue;
    const bool goes_on = size < rest.size() && (is_alphanumeric(rest[size]) || rest[size] == '=');
    return in_attribute && goes_on ? ReferenceMatch{} : found(*reference, size + 1);
  }
  return {};
}

}  // namespace

ReferenceMatch match_reference(std::string_view text, bool in_attribute, bool more) {
  return text.size() > 1 && text[1] == '#' ? match_numeric(text, more) : match_named(text, in_attribute, more);
}

}  // namespace nbcrawl::html

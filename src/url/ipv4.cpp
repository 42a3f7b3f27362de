#include "url/ipv4.hpp"

#include <array>
#include <optional>

#include "url/code_points.hpp"

namespace nbcrawl::whatwg {
namespace {

// The IPv4 number parser. Digits beyond 32 bits only keep the value too large, so it stops growing there.
std::optional<std::uint64_t> parse_number(std::string_view part) {
  if (part.empty()) return std::nullopt;
  unsigned radix = 10;
  if (part.size() >= 2 && part[0] == '0') {
    const bool hexadecimal = part[1] == 'x' || part[1] == 'X';
    radix = hexadecimal ? 16 : 8;
    part.remove_prefix(hexadecimal ? 2 : 1);
  }
  std::uint64_t value = 0;
  for (const char c : part) {
    const int digit = hex_value(c);
    if (digit < 0 || digit >= static_cast<int>(radix)) return std::nullopt;
    if (value <= UINT32_MAX) {
      value = value * radix + static_cast<std::uint64_t>(digit);
    }
  }
  return value;
}

std::string_view without_trailing_dot(std::string_view domain) {
  return domain.ends_with('.') ? domain.substr(0, domain.size() - 1) : domain;
}

}  // namespace

bool ends_in_a_number(std::string_view domain) {
  domain = without_trailing_dot(domain);
  const std::string_view last = domain.substr(domain.rfind('.') + 1);  // npos + 1 is 0: the only label
  if (last.empty() || !is_digit(last.front())) return false;
  return last.find_first_not_of("0123456789") == std::string_view::npos || parse_number(last).has_value();
}

Parsed<std::uint32_t> parse_ipv4(std::string_view domain) {
  domain = without_trailing_dot(domain);
  std::array<std::uint64_t, 4> numbers{};
  std::size_t count = 0;
  for (bool more = true; more; ++count) {
    if (count == numbers.size()) return invalid("has an IPv4 address of more than four parts as host");
    const std::size_t dot = domain.find('.');
    more = dot != std::string_view::npos;
    const std::optional<std::uint64_t> number = parse_number(domain.substr(0, dot));
    if (!number) return invalid("has a host that ends in a number but is no IPv4 address");
    numbers[count] = *number;
    domain.remove_prefix(more ? dot + 1 : domain.size());
  }
  std::uint64_t address = numbers[count - 1];
  if (address >> (8 * (5 - count)) != 0) return invalid("has an IPv4 address out of range as host");
  for (std::size_t i = 0; i + 1 < count; ++i) {
    if (numbers[i] > 255) return invalid("has an IPv4 address out of range as host");
    address += numbers[i] << (8 * (3 - i));
  }
  return static_cast<std::uint32_t>(address);
}

void append_ipv4(std::string& out, std::uint32_t address) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += std::to_string((address >> static_cast<unsigned>(shift)) & 0xffU);
    if (shift > 0) {
      out += '.';
    }
  }
}

}  // namespace nbcrawl::whatwg

#include "url/ipv6.hpp"

#include <algorithm>
#include <optional>

#include "base/hex.hpp"
#include "url/code_points.hpp"

namespace nbcrawl::whatwg {
namespace {

constexpr std::string_view not_an_address = "has something in brackets as host that is no IPv6 address";

// Up to four hex digits at the start of `text`, removed from it. Without a digit the value is 0.
std::uint16_t take_piece(std::string_view& text) {
  unsigned value = 0;
  std::size_t length = 0;
  for (; length < 4 && length < text.size() && hex_value(text[length]) >= 0; ++length) {
    value = value * 16 + static_cast<unsigned>(hex_value(text[length]));
  }
  text.remove_prefix(length);
  return static_cast<std::uint16_t>(value);
}

// One part of an embedded IPv4 address, removed from `text`: decimal, no leading zero, at most 255.
std::optional<unsigned> take_ipv4_part(std::string_view& text) {
  unsigned value = 0;
  std::size_t length = 0;
  for (; length < text.size() && is_digit(text[length]); ++length) {
    const bool leading_zero = length == 1 && value == 0;
    value = value * 10 + static_cast<unsigned>(text[length] - '0');
    if (leading_zero || value > 255) return std::nullopt;
  }
  text.remove_prefix(length);
  return length > 0 ? std::optional(value) : std::nullopt;
}

// `text` is all that is left of the address: exactly four parts, which fill two pieces.
std::optional<std::uint32_t> parse_embedded_ipv4(std::string_view text) {
  std::uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (!text.starts_with('.')) return std::nullopt;
      text.remove_prefix(1);
    }
    const std::optional<unsigned> value = take_ipv4_part(text);
    if (!value) return std::nullopt;
    address = address << 8U | *value;
  }
  return text.empty() ? std::optional(address) : std::nullopt;
}

struct ZeroRun {
  std::size_t begin = 8;
  std::size_t size = 1;  // a single zero is not compressed
};

ZeroRun longest_zero_run(const Ipv6Pieces& pieces) {
  ZeroRun longest;
  for (std::size_t begin = 0; begin < pieces.size(); ++begin) {
    std::size_t end = begin;
    while (end < pieces.size() && pieces[end] == 0) {
      ++end;
    }
    if (end - begin > longest.size) {
      longest = {.begin = begin, .size = end - begin};
    }
    begin = end;
  }
  return longest;
}

}  // namespace

Parsed<Ipv6Pieces> parse_ipv6(std::string_view input) {
  Ipv6Pieces pieces{};
  std::size_t count = 0;
  std::optional<std::size_t> compressed;  // where "::" stands
  if (input.starts_with("::")) {
    input.remove_prefix(2);
    compressed = 0;
  }
  while (!input.empty()) {
    if (count == pieces.size()) return invalid(not_an_address);
    const std::string_view at_piece = input;
    const std::uint16_t piece = take_piece(input);
    const bool has_digits = input.size() < at_piece.size();
    if (has_digits && input.starts_with('.')) {
      const std::optional<std::uint32_t> ipv4 = count <= 6 ? parse_embedded_ipv4(at_piece) : std::nullopt;
      if (!ipv4) return invalid(not_an_address);
      pieces[count++] = static_cast<std::uint16_t>(*ipv4 >> 16U);
      pieces[count++] = static_cast<std::uint16_t>(*ipv4 & 0xffffU);
      break;
    }
    if (!has_digits) return invalid(not_an_address);
    pieces[count++] = piece;
    if (input.starts_with("::") && !compressed) {
      input.remove_prefix(2);
      compressed = count;
    } else if (input.starts_with(':') && input.size() > 1) {
      input.remove_prefix(1);
    } else if (!input.empty()) {
      return invalid(not_an_address);
    }
  }
  if (compressed ? count == pieces.size() : count != pieces.size()) return invalid(not_an_address);
  if (compressed) {
    std::rotate(pieces.data() + *compressed, pieces.data() + count, pieces.data() + pieces.size());
  }
  return pieces;
}

void append_ipv6(std::string& out, const Ipv6Pieces& pieces) {
  const ZeroRun zeros = longest_zero_run(pieces);
  for (std::size_t i = 0; i < pieces.size();) {
    if (i == zeros.begin) {
      out += i == 0 ? "::" : ":";
      i += zeros.size;
      continue;
    }
    append_hex(out, pieces[i], 1);
    ++i;
    if (i < pieces.size()) {
      out += ':';
    }
  }
}

}  // namespace nbcrawl::whatwg

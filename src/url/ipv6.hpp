#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "url/failure.hpp"

namespace nbcrawl::whatwg {

/// The eight 16-bit pieces of an address, each in host byte order.
using Ipv6Pieces = std::array<std::uint16_t, 8>;

/// Parses what stands between "[" and "]" (section 3.5). Zone identifiers are no part of a URL.
[[nodiscard]] Parsed<Ipv6Pieces> parse_ipv6(std::string_view input);

/// Appends the address as RFC 5952 wants it: lower case, no leading zeros, the first longest run of zeros compressed.
void append_ipv6(std::string& out, const Ipv6Pieces& pieces);

}  // namespace nbcrawl::whatwg

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "url/failure.hpp"

namespace nbcrawl::whatwg {

/// True where the last label is a number in any notation, so that the host can only be an IPv4 address (section 3.5).
[[nodiscard]] bool ends_in_a_number(std::string_view domain);

/// The address, in host byte order, that a domain which ends in a number stands for: one to four parts, each decimal,
/// octal (0177) or hexadecimal (0x7f), the last one filling all bytes that are left (section 3.5).
[[nodiscard]] Parsed<std::uint32_t> parse_ipv4(std::string_view domain);

/// Appends four decimal parts.
void append_ipv4(std::string& out, std::uint32_t address);

}  // namespace nbcrawl::whatwg

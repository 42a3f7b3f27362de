#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "url/failure.hpp"

namespace nbcrawl::whatwg {

/// The longest host that is accepted, before and after IDNA. A name in the DNS has at most 253 bytes; the standard
/// sets no limit, but Punycode takes time in the square of the length.
inline constexpr std::size_t max_host_bytes = 1024;

/// Domain parser ToASCII, not strict (section 3.3), for a domain that is not all ASCII: UTS #46, nontransitional,
/// without the checks for hyphens, STD3 characters and DNS lengths. Text that is not UTF-8 is refused. The result may
/// be empty, and may hold forbidden domain code points.
[[nodiscard]] Parsed<std::string> domain_to_ascii(std::string_view domain);

}  // namespace nbcrawl::whatwg

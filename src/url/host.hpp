#pragma once

#include <string>
#include <string_view>

#include "url/failure.hpp"

namespace nbcrawl::whatwg {

/// The host parser and serializer (sections 3.5 and 3.6) for special schemes: appends to `out` the domain in lower-case
/// ASCII, the IPv4 address as four decimal parts, or the compressed IPv6 address in brackets. `input` is not empty.
/// Where it fails, `out` may have grown.
[[nodiscard]] Parsed<> append_host(std::string& out, std::string_view input);

}  // namespace nbcrawl::whatwg

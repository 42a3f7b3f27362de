#pragma once

#include <algorithm>
#include <string_view>

// Hosts as people write them, before the URL parser sees them.
namespace nbcrawl {

/// An IPv6 address without the brackets that a URL wants.
[[nodiscard]] inline bool is_bare_ipv6(std::string_view host) noexcept {
  return !host.starts_with('[') && std::ranges::count(host, ':') > 1;
}

/// Whether a port follows.
[[nodiscard]] inline bool has_port(std::string_view host) noexcept {
  return !is_bare_ipv6(host) && host.find(':', host.find(']') + 1) != std::string_view::npos;  // npos + 1 is 0
}

}  // namespace nbcrawl

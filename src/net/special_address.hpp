#pragma once

#include <string_view>

#include "nbcrawl/error.hpp"
#include "net/address.hpp"

namespace nbcrawl {

/// Why an address is not one of the public internet, e.g. "a loopback address"; empty: it is public. Static storage.
///
/// After IANA's registries of special-purpose addresses (RFC 6890), stricter in that blocks for protocols are refused
/// whole. An IPv6 address that stands for an IPv4 one (mapped, compatible, NAT64, 6to4, Teredo) is public where that
/// one is. What a network's own NAT64 prefix (RFC 6052) translates to can't be known.
[[nodiscard]] std::string_view why_not_public(const Address& address) noexcept;

/// Error: address_denied, where the address is not public.
[[nodiscard]] Result<> require_public(const Address& address);

}  // namespace nbcrawl

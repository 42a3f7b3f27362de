#include "net/special_address.hpp"

#include <netinet/in.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace nbcrawl {

namespace {

constexpr std::string_view loopback = "a loopback address";
constexpr std::string_view private_use = "a private address";
constexpr std::string_view link_local = "a link-local address";
constexpr std::string_view multicast = "a multicast address";
constexpr std::string_view documentation = "an address for documentation";
constexpr std::string_view benchmarking = "an address for benchmarks";
constexpr std::string_view reserved = "a reserved address";
constexpr std::string_view unspecified = "an unspecified address";

struct V4Block {
  std::uint32_t first;
  int prefix_bits;
  std::string_view what;
};

constexpr std::uint32_t v4(unsigned a, unsigned b, unsigned c, unsigned d) { return a << 24U | b << 16U | c << 8U | d; }

// Narrow blocks stand before those they are a part of.
constexpr auto v4_blocks = std::to_array<V4Block>({
    {v4(0, 0, 0, 0), 8, unspecified},                                     // RFC 791: "this network"
    {v4(10, 0, 0, 0), 8, private_use},                                    // RFC 1918
    {v4(100, 64, 0, 0), 10, "an address shared behind a carrier's NAT"},  // RFC 6598
    {v4(127, 0, 0, 0), 8, loopback},                                      // RFC 1122
    {v4(169, 254, 0, 0), 16, link_local},                   // RFC 3927; clouds answer with their secrets there
    {v4(172, 16, 0, 0), 12, private_use},                   // RFC 1918
    {v4(192, 0, 0, 0), 24, reserved},                       // RFC 6890: protocol assignments
    {v4(192, 0, 2, 0), 24, documentation},                  // RFC 5737
    {v4(192, 88, 99, 0), 24, reserved},                     // RFC 7526: 6to4 relays
    {v4(192, 168, 0, 0), 16, private_use},                  // RFC 1918
    {v4(198, 18, 0, 0), 15, benchmarking},                  // RFC 2544
    {v4(198, 51, 100, 0), 24, documentation},               // RFC 5737
    {v4(203, 0, 113, 0), 24, documentation},                // RFC 5737
    {v4(224, 0, 0, 0), 4, multicast},                       // RFC 5771
    {v4(255, 255, 255, 255), 32, "the broadcast address"},  // RFC 919
    {v4(240, 0, 0, 0), 4, reserved},                        // RFC 1112
});

std::string_view why_not_public(std::uint32_t address) noexcept {
  for (const V4Block& block : v4_blocks) {
    if (((address ^ block.first) >> (32 - block.prefix_bits)) == 0) return block.what;
  }
  return {};
}

using V6Bytes = std::array<std::uint8_t, 16>;

struct V6Block {
  V6Bytes first;
  unsigned prefix_bits;
  std::string_view what;
};

constexpr auto v6_blocks = std::to_array<V6Block>({
    {{}, 128, unspecified},                                             // RFC 4291
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, loopback},  // RFC 4291
    {{0xfc}, 7, private_use},                                           // RFC 4193: unique local
    {{0xfe, 0x80}, 10, link_local},                                     // RFC 4291
    {{0xfe, 0xc0}, 10, private_use},                                    // RFC 3879: site-local
    {{0xff}, 8, multicast},                                             // RFC 4291
    {{0x20, 0x01, 0x00, 0x02}, 48, benchmarking},                       // RFC 5180
    {{0x20, 0x01}, 23, reserved},                                       // RFC 2928: protocol assignments
    {{0x20, 0x01, 0x0d, 0xb8}, 32, documentation},                      // RFC 3849
    {{0x3f, 0xff}, 20, documentation},                                  // RFC 9637
});

bool has_prefix(const V6Bytes& address, const V6Bytes& prefix, unsigned bits) noexcept {
  for (unsigned i = 0; i < bits; i += 8) {
    const unsigned unused = bits - i < 8 ? 8 - (bits - i) : 0;
    if ((address[i / 8] ^ prefix[i / 8]) >> unused != 0) return false;
  }
  return true;
}

std::uint32_t embedded(const V6Bytes& address, std::size_t at) noexcept {
  return v4(address[at], address[at + 1], address[at + 2], address[at + 3]);
}

std::string_view why_not_public(const V6Bytes& address) noexcept {
  constexpr V6Bytes mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};  // RFC 4291 section 2.5.5.2
  constexpr V6Bytes nat64{0x00, 0x64, 0xff, 0x9b};                     // RFC 6052
  constexpr V6Bytes six_to_four{0x20, 0x02};                           // RFC 3056
  constexpr V6Bytes teredo{0x20, 0x01};                                // RFC 4380
  constexpr V6Bytes global{0x20};                                      // RFC 4291 section 2.4: 2000::/3
  if (has_prefix(address, mapped, 96) || has_prefix(address, nat64, 96)) return why_not_public(embedded(address, 12));
  if (has_prefix(address, six_to_four, 16)) return why_not_public(embedded(address, 2));
  if (has_prefix(address, teredo, 32)) {
    // Its server, and its client with all bits flipped.
    const std::string_view server = why_not_public(embedded(address, 4));
    return !server.empty() ? server : why_not_public(~embedded(address, 12));
  }
  for (const V6Block& block : v6_blocks) {
    if (has_prefix(address, block.first, block.prefix_bits)) return block.what;
  }
  if (has_prefix(address, {}, 96))
    return why_not_public(embedded(address, 12));  // compatible, RFC 4291 section 2.5.5.1
  return has_prefix(address, global, 3) ? std::string_view{} : reserved;
}

}  // namespace

std::string_view why_not_public(const Address& address) noexcept {
  if (address.family() == AF_INET) {
    sockaddr_in v4_address{};
    std::memcpy(&v4_address, address.data(), sizeof v4_address);
    return why_not_public(ntohl(v4_address.sin_addr.s_addr));
  }
  sockaddr_in6 v6_address{};
  std::memcpy(&v6_address, address.data(), sizeof v6_address);
  V6Bytes bytes{};
  std::memcpy(bytes.data(), &v6_address.sin6_addr, bytes.size());
  return why_not_public(bytes);
}

Result<> require_public(const Address& address) {
  const std::string_view reason = why_not_public(address);
  if (reason.empty()) return {};
  return std::unexpected(
      Error{.kind = ErrorKind::address_denied,
            .phase = Phase::connect,
            .detail = address.ip() + " is " + std::string(reason) + ", which --deny-private refuses"});
}

}  // namespace nbcrawl

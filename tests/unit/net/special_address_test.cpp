#include "net/special_address.hpp"

#include "catch2_shim.hpp"

using nbcrawl::Address;
using nbcrawl::why_not_public;

namespace {

struct Row {
  std::string_view ip;
  std::string_view reason;  // the beginning of it; empty: public
};

void check(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    INFO(row.ip);
    const auto address = Address::parse(row.ip, 80);
    REQUIRE(address);
    const std::string_view reason = why_not_public(*address);
    if (row.reason.empty()) {
      CHECK(reason.empty());
    } else {
      CHECK(reason == row.reason);
    }
  }
}

constexpr std::string_view is_public;
constexpr std::string_view unspecified = "an unspecified address";
constexpr std::string_view loopback = "a loopback address";
constexpr std::string_view private_use = "a private address";
constexpr std::string_view link_local = "a link-local address";
constexpr std::string_view multicast = "a multicast address";
constexpr std::string_view documentation = "an address for documentation";
constexpr std::string_view benchmarks = "an address for benchmarks";
constexpr std::string_view reserved = "a reserved address";
constexpr std::string_view carrier = "an address shared behind a carrier's NAT";

}  // namespace

TEST_CASE("each special block of IPv4 is refused from its first address to its last, and no further") {
  check({
      {"0.0.0.0", unspecified},         {"0.255.255.255", unspecified},
      {"1.0.0.0", is_public},           {"9.255.255.255", is_public},
      {"10.0.0.0", private_use},        {"10.255.255.255", private_use},
      {"11.0.0.0", is_public},          {"100.63.255.255", is_public},
      {"100.64.0.0", carrier},          {"100.127.255.255", carrier},
      {"100.128.0.0", is_public},       {"126.255.255.255", is_public},
      {"127.0.0.0", loopback},          {"127.0.0.1", loopback},
      {"127.255.255.255", loopback},    {"128.0.0.0", is_public},
      {"169.253.255.255", is_public},   {"169.254.0.0", link_local},
      {"169.254.169.254", link_local},  {"169.254.255.255", link_local},
      {"169.255.0.0", is_public},       {"172.15.255.255", is_public},
      {"172.16.0.0", private_use},      {"172.31.255.255", private_use},
      {"172.32.0.0", is_public},        {"192.0.0.0", reserved},
      {"192.0.0.255", reserved},        {"192.0.1.0", is_public},
      {"192.0.2.0", documentation},     {"192.0.2.255", documentation},
      {"192.0.3.0", is_public},         {"192.88.98.255", is_public},
      {"192.88.99.1", reserved},        {"192.88.100.0", is_public},
      {"192.167.255.255", is_public},   {"192.168.0.0", private_use},
      {"192.168.255.255", private_use}, {"192.169.0.0", is_public},
      {"198.17.255.255", is_public},    {"198.18.0.0", benchmarks},
      {"198.19.255.255", benchmarks},   {"198.20.0.0", is_public},
      {"198.51.100.7", documentation},  {"198.51.101.0", is_public},
      {"203.0.113.255", documentation}, {"203.0.114.0", is_public},
      {"223.255.255.255", is_public},   {"224.0.0.0", multicast},
      {"239.255.255.255", multicast},   {"240.0.0.0", reserved},
      {"255.255.255.254", reserved},    {"255.255.255.255", "the broadcast address"},
      {"8.8.8.8", is_public},           {"93.184.215.14", is_public},
  });
}

TEST_CASE("each special block of IPv6 is refused, and all that is not global unicast") {
  check({
      {"::", unspecified},
      {"::1", loopback},
      {"100::1", reserved},  // discard
      {"1fff:ffff::1", reserved},
      {"2000::1", is_public},
      {"2001:2::1", benchmarks},
      {"2001:10::1", reserved},
      {"2001:1ff:ffff::1", reserved},
      {"2001:200::1", is_public},
      {"2001:db7:ffff::1", is_public},
      {"2001:db8::1", documentation},
      {"2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", documentation},
      {"2001:db9::1", is_public},
      {"2606:2800:21f:cb07:6820:80da:af6b:8b2c", is_public},
      {"3fff::1", documentation},
      {"3fff:fff:ffff::1", documentation},
      {"3fff:1000::1", is_public},
      {"3ffe:ffff::1", is_public},
      {"4000::1", reserved},
      {"5f00::1", reserved},
      {"64:ff9b:1::1", reserved},  // NAT64 of a network's own
      {"fbff::1", reserved},
      {"fc00::1", private_use},
      {"fdff:ffff::1", private_use},
      {"fe00::1", reserved},
      {"fe80::1", link_local},
      {"febf:ffff::1", link_local},
      {"fec0::1", private_use},
      {"ff00::1", multicast},
      {"ff02::1", multicast},
  });
}

TEST_CASE("an IPv6 address that stands for an IPv4 one is what that one is") {
  check({
      {"::ffff:127.0.0.1", loopback},
      {"::ffff:7f00:1", loopback},
      {"::ffff:10.1.2.3", private_use},
      {"::ffff:169.254.169.254", link_local},
      {"::ffff:0.0.0.0", unspecified},
      {"::ffff:8.8.8.8", is_public},
      {"::127.0.0.1", loopback},
      {"::192.168.1.1", private_use},
      {"::2", unspecified},
      {"::8.8.8.8", is_public},
      {"::ffff:0:127.0.0.1", reserved},  // translated, RFC 2765
      {"64:ff9b::127.0.0.1", loopback},
      {"64:ff9b::10.0.0.1", private_use},
      {"64:ff9b::8.8.8.8", is_public},
      {"2002:7f00:1::", loopback},
      {"2002:c0a8:101::1", private_use},
      {"2002:a9fe:a9fe::1", link_local},
      {"2002:808:808::1", is_public},
      {"2001:0:808:808::f7f7:f7f7", is_public},    // client 8.8.8.8
      {"2001:0:808:808::80ff:fffe", loopback},     // client 127.0.0.1
      {"2001:0:808:808::3f57:fefe", private_use},  // client 192.168.1.1
      {"2001:0:7f00:1::f7f7:f7f7", loopback},      // server 127.0.0.1
  });
}

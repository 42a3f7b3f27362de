#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nbcrawl/url.hpp"
#include "url/ipv6.hpp"

namespace nbcrawl {

/// Hosts that are reached without a proxy, as --noproxy and the variable no_proxy name them, by curl's rules: a list
/// with commas or white space between, of
///   - names: the host itself and all below it, with or without a dot (or "*.") before;
///   - addresses, IPv6 with or without brackets, and blocks of them: 10.0.0.0/8, fd00::/8;
///   - "*": every host.
/// Immutable.
class NoProxy {
 public:
  /// Error: invalid_job, which names what is none of these.
  static Result<NoProxy> parse(std::string_view list);

  [[nodiscard]] bool contains(const Url& url) const;

 private:
  struct Block {
    whatwg::Ipv6Pieces first{};  ///< an IPv4 address fills the first two
    unsigned prefix_bits = 0;
    bool is_ipv4 = false;
  };
  static Result<Block> to_block(const Url& url);
  [[nodiscard]] static bool is_address(const Url& url);
  Result<> add(std::string_view element);

  bool all_ = false;
  std::vector<std::string> names_;
  std::vector<Block> blocks_;
};

}  // namespace nbcrawl

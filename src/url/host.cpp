#include "url/host.hpp"

#include <cstddef>
#include <cstdint>

#include "url/code_points.hpp"
#include "url/idna.hpp"
#include "url/ipv4.hpp"
#include "url/ipv6.hpp"
#include "url/percent_encoding.hpp"

namespace nbcrawl::whatwg {
namespace {

Parsed<> append_ipv6_literal(std::string& out, std::string_view input) {
  if (!input.ends_with(']')) return invalid("has an IPv6 address without its closing bracket as host");
  const Parsed<Ipv6Pieces> pieces = parse_ipv6(input.substr(1, input.size() - 2));
  if (!pieces) return std::unexpected(pieces.error());
  out += '[';
  append_ipv6(out, *pieces);
  out += ']';
  return {};
}

// The domain parser (section 3.3). An ASCII domain is only lowercased, whatever its "xn--" labels hold.
Parsed<> append_domain(std::string& out, std::string_view domain) {
  if (find_in(domain, non_ascii) < domain.size()) {
    const Parsed<std::string> ascii = domain_to_ascii(domain);
    if (!ascii) return std::unexpected(ascii.error());
    out += *ascii;
    return {};
  }
  const std::size_t begin = out.size();
  out += domain;
  for (std::size_t i = begin; i < out.size(); ++i) out[i] = to_lower_case(out[i]);
  return {};
}

}  // namespace

Parsed<> append_host(std::string& out, std::string_view input) {
  if (input.starts_with('[')) return append_ipv6_literal(out, input);
  std::string decoded;
  if (find_in(input, percent_sign) < input.size()) {
    decoded = percent_decode(input);
    input = decoded;
  }
  const std::size_t begin = out.size();
  if (const Parsed<> domain = append_domain(out, input); !domain) return domain;

  const std::string_view domain = std::string_view(out).substr(begin);
  if (domain.empty()) return invalid("has no host");
  if (domain.size() > max_host_bytes) return invalid("has a host that is too long");
  if (find_in(domain, forbidden_domain_code_point) < domain.size()) {
    return invalid("has a character in its host that no host can have");
  }
  if (ends_in_a_number(domain)) {
    const Parsed<std::uint32_t> address = parse_ipv4(domain);
    if (!address) return std::unexpected(address.error());
    out.resize(begin);
    append_ipv4(out, *address);
  }
  return {};
}

}  // namespace nbcrawl::whatwg

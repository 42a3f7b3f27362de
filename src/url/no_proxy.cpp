#include "url/no_proxy.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "url/host_text.hpp"
#include "url/ipv4.hpp"

namespace nbcrawl {

namespace {

constexpr std::string_view separators = ", \t\r\n";

std::unexpected<Error> refused(std::string_view element, std::string_view reason) {
  return std::unexpected(Error{.kind = ErrorKind::invalid_job,
                               .phase = Phase::job,
                               .detail = "noproxy: '" + std::string(element) + "' " + std::string(reason)});
}

std::string_view without_final_dot(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

/// The bits of "10.0.0.0/8" behind the slash, which are none where there is no slash.
struct Split {
  std::string_view host;
  std::optional<std::string_view> bits;
};

Split split_prefix(std::string_view element) {
  const std::size_t slash = element.find('/');
  if (slash == std::string_view::npos) return {.host = element, .bits = std::nullopt};
  return {.host = element.substr(0, slash), .bits = element.substr(slash + 1)};
}

std::optional<unsigned> parse_bits(std::string_view text, unsigned most) {
  unsigned bits = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (failed != std::errc() || end != text.data() + text.size() || bits > most) return std::nullopt;
  return bits;
}

bool same_prefix(const whatwg::Ipv6Pieces& a, const whatwg::Ipv6Pieces& b, unsigned bits) {
  for (std::size_t i = 0; bits > 0; ++i) {
    const unsigned compared = std::min(bits, 16U);
    if ((a[i] ^ b[i]) >> (16U - compared) != 0) return false;
    bits -= compared;
  }
  return true;
}

/// Host names and addresses have one form, that of URLs: their parser makes it.
Result<Url> parse_host(std::string_view host) {
  return Url::parse("http://" + (is_bare_ipv6(host) ? "[" + std::string(host) + "]" : std::string(host)) + "/");
}

}  // namespace

Result<NoProxy> NoProxy::parse(std::string_view list) {
  NoProxy parsed;
  while (true) {
    list.remove_prefix(std::min(list.find_first_not_of(separators), list.size()));
    if (list.empty()) return parsed;
    const std::string_view element = list.substr(0, list.find_first_of(separators));
    if (auto added = parsed.add(element); !added) return std::unexpected(std::move(added.error()));
    list.remove_prefix(element.size());
  }
}

Result<> NoProxy::add(std::string_view element) {
  if (element == "*") {
    all_ = true;
    return {};
  }
  const Split split = split_prefix(element);
  std::string_view host = split.host;
  if (host.starts_with("*.")) host.remove_prefix(1);
  if (host.starts_with('.')) host.remove_prefix(1);
  // What could be a password is not shown.
  if (host.find_first_of("@?#\\") != std::string_view::npos) return refused("…", "has a character that no host has");
  if (has_port(host)) return refused(element, "has a port, but all ports of a host are meant");
  const auto url = parse_host(host);
  if (!url) return refused(element, "is no name, address or block of addresses");
  if (!is_address(*url)) {
    if (split.bits) return refused(element, "has a prefix length behind a name");
    names_.emplace_back(without_final_dot(url->host()));
    return {};
  }
  auto block = to_block(*url);
  if (!block) return std::unexpected(std::move(block.error()));
  if (split.bits) {
    const auto bits = parse_bits(*split.bits, block->prefix_bits);
    if (!bits) return refused(element, "has a prefix length that is none");
    block->prefix_bits = *bits;
  }
  blocks_.push_back(*block);
  return {};
}

bool NoProxy::is_address(const Url& url) { return url.is_ipv6_literal() || whatwg::ends_in_a_number(url.host()); }

Result<NoProxy::Block> NoProxy::to_block(const Url& url) {
  if (url.is_ipv6_literal()) {
    const auto pieces = whatwg::parse_ipv6(url.hostname());
    if (!pieces) return refused(url.host(), "is no address");
    return Block{.first = *pieces, .prefix_bits = 128, .is_ipv4 = false};
  }
  const auto address = whatwg::parse_ipv4(url.host());
  if (!address) return refused(url.host(), "is no address");
  return Block{.first = {static_cast<std::uint16_t>(*address >> 16U), static_cast<std::uint16_t>(*address & 0xFFFFU)},
               .prefix_bits = 32,
               .is_ipv4 = true};
}

bool NoProxy::contains(const Url& url) const {
  if (all_) return true;
  if (is_address(url)) {
    if (blocks_.empty()) return false;
    const auto host = to_block(url);
    return host && std::ranges::any_of(blocks_, [&](const Block& block) {
             return block.is_ipv4 == host->is_ipv4 && same_prefix(block.first, host->first, block.prefix_bits);
           });
  }
  const std::string_view host = without_final_dot(url.host());
  return std::ranges::any_of(names_, [host](const std::string& name) {
    return host.ends_with(name) && (host.size() == name.size() || host[host.size() - name.size() - 1] == '.');
  });
}

}  // namespace nbcrawl

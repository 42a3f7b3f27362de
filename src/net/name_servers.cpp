#include "net/name_servers.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

#include "net/address.hpp"

namespace nbcrawl {

namespace {

bool is_port(std::string_view text) noexcept {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data(), end, port);
  return failed == std::errc() && stopped == end && port != 0;
}

bool is_address(std::string_view text) { return Address::parse(text, 0).has_value(); }

bool is_name_server(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || is_address(text)) return is_address(text);
  std::string_view ip = text.substr(0, colon);
  if (ip.starts_with('[') && ip.ends_with(']')) ip = ip.substr(1, ip.size() - 2);
  const bool is_bracketed = ip.size() < colon;
  return is_address(ip) && is_bracketed == ip.contains(':') && is_port(text.substr(colon + 1));
}

}  // namespace

Result<> check_name_servers(std::string_view list) {
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const std::string_view server = list.substr(begin, end - begin);
    if (!is_name_server(server)) {
      return std::unexpected(Error{.kind = ErrorKind::invalid_job,
                                   .phase = Phase::resolve,
                                   .detail = "bad list of name servers: '" + std::string(server) +
                                             "' is not an IP address, perhaps with :PORT from 1 to 65535"});
    }
    begin = end + 1;
  }
  return {};
}

}  // namespace nbcrawl

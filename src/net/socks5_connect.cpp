#include "net/socks5_connect.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "net/address.hpp"

namespace nbcrawl {

namespace {

// RFC 1928 sections 3 to 6.
constexpr unsigned version = 5;
constexpr unsigned no_authentication = 0;
constexpr unsigned username_and_password = 2;
constexpr unsigned no_acceptable_method = 0xFF;
constexpr unsigned ipv4 = 1;
constexpr unsigned domain_name = 3;
constexpr unsigned ipv6 = 4;
constexpr std::size_t max_name_bytes = 255;
// RFC 1929 section 2.
constexpr unsigned subnegotiation_version = 1;

void put(std::string& out, unsigned byte) { out += static_cast<char>(byte); }

void put_counted(std::string& out, std::string_view text) {
  put(out, static_cast<unsigned>(text.size()));
  out.append(text);
}

void put_address(std::string& out, const Address& address) {
  if (address.family() == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address.data(), sizeof v4);
    put(out, ipv4);
    out.append(reinterpret_cast<const char*>(&v4.sin_addr), sizeof v4.sin_addr);
    return;
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, address.data(), sizeof v6);
  put(out, ipv6);
  out.append(reinterpret_cast<const char*>(&v6.sin6_addr), sizeof v6.sin6_addr);
}

/// What the reply field says, RFC 1928 section 6.
std::string_view meaning(unsigned reply) noexcept {
  constexpr auto meanings = std::to_array<std::string_view>(
      {"succeeded", "general failure", "not allowed by the ruleset", "network unreachable", "host unreachable",
       "connection refused", "TTL expired", "command not supported", "address type not supported"});
  return reply < meanings.size() ? meanings[reply] : "unknown reply";
}

}  // namespace

Socks5Connect::Socks5Connect(std::string proxy, std::string_view hostname, std::uint16_t port, Credentials credentials)
    : ProxyHandshake(std::move(proxy)), hostname_(hostname), port_(port), credentials_(std::move(credentials)) {
  const bool has_credentials = !credentials_.username.empty() || !credentials_.password.empty();
  put(outgoing_, version);
  put(outgoing_, has_credentials ? 2 : 1);
  put(outgoing_, no_authentication);
  if (has_credentials) put(outgoing_, username_and_password);
  expect(Step::method, 2);
}

void Socks5Connect::expect(Step step, std::size_t bytes) {
  step_ = step;
  expected_ = bytes;
  received_.clear();
}

Result<> Socks5Connect::feed(std::string_view input) {
  while (!input.empty()) {
    const std::size_t taken = std::min(input.size(), wanted());
    if (taken == 0) return std::unexpected(failed("sent bytes before the connection was used"));
    received_.append(input.substr(0, taken));
    input.remove_prefix(taken);
    if (wanted() > 0) return {};
    Result<> read;
    switch (step_) {
      case Step::method: read = read_method(); break;
      case Step::verdict: read = read_verdict(); break;
      case Step::outcome: read = read_outcome(); break;
      case Step::address_type: read = read_address_type(); break;
      case Step::address: expect(Step::address, 0); break;  // from where it connects is of no interest
    }
    if (!read) return read;
  }
  return {};
}

Result<> Socks5Connect::read_method() {
  if (byte(0) != version) return std::unexpected(failed("does not answer as a SOCKS5 proxy"));
  const bool has_credentials = !credentials_.username.empty() || !credentials_.password.empty();
  if (byte(1) == no_authentication) return send_request();
  if (byte(1) == username_and_password && has_credentials) {
    put(outgoing_, subnegotiation_version);
    put_counted(outgoing_, credentials_.username);
    put_counted(outgoing_, credentials_.password);
    expect(Step::verdict, 2);
    return {};
  }
  if (byte(1) == no_acceptable_method && !has_credentials)
    return std::unexpected(denied("wants a user name and a password"));
  return std::unexpected(denied("offers no way to log in that we know"));
}

Result<> Socks5Connect::read_verdict() {
  if (byte(1) != 0) return std::unexpected(denied("does not take this user name and password"));
  return send_request();
}

Result<> Socks5Connect::send_request() {
  constexpr unsigned connect = 1;
  put(outgoing_, version);
  put(outgoing_, connect);
  put(outgoing_, 0);
  if (const auto address = Address::parse(hostname_, port_)) {
    put_address(outgoing_, *address);
  } else if (hostname_.size() <= max_name_bytes) {
    put(outgoing_, domain_name);
    put_counted(outgoing_, hostname_);
  } else {
    return std::unexpected(failed("can't be asked for a host name of more than 255 bytes"));
  }
  put(outgoing_, port_ >> 8U);
  put(outgoing_, port_ & 0xFFU);
  expect(Step::outcome, 2);
  return {};
}

Result<> Socks5Connect::read_outcome() {
  if (byte(0) != version) return std::unexpected(failed("does not answer as a SOCKS5 proxy"));
  const unsigned reply = byte(1);
  constexpr unsigned succeeded = 0;
  constexpr unsigned not_allowed = 2;
  if (reply == succeeded) {
    expect(Step::address_type, 3);  // with the first byte of the address, which may be its length
    return {};
  }
  const std::string what =
      "made no connection (reply " + std::to_string(reply) + ", " + std::string(meaning(reply)) + ")";
  return std::unexpected(reply == not_allowed ? denied(what) : failed(what));
}

Result<> Socks5Connect::read_address_type() {
  constexpr std::size_t port_bytes = 2;
  switch (byte(1)) {
    case ipv4: expect(Step::address, sizeof(in_addr) - 1 + port_bytes); return {};
    case ipv6: expect(Step::address, sizeof(in6_addr) - 1 + port_bytes); return {};
    case domain_name: expect(Step::address, byte(2) + port_bytes); return {};
    default: return std::unexpected(failed("does not answer as a SOCKS5 proxy"));
  }
}

}  // namespace nbcrawl

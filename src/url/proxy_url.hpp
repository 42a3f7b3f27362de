#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// How a proxy is spoken to.
enum class ProxyKind : std::uint8_t {
  http,    ///< http by requests with the whole URL, https through CONNECT (RFC 9110 sections 7.6 and 9.3.6)
  socks5,  ///< RFC 1928; we look up the host's address and the proxy connects to it
  socks5h  ///< the same, but the proxy looks up the name
};

/// A proxy as -x, a job and the environment name it: [SCHEME://][USER[:PASSWORD]@]HOST[:PORT]. A value.
struct ProxyUrl {
  /// As in curl: the port where none is given.
  static constexpr std::uint16_t default_port = 1080;

  ProxyKind kind = ProxyKind::http;
  std::string hostname;  ///< as a resolver wants it: an IPv6 literal without brackets
  std::uint16_t port = default_port;
  std::string name;      ///< host:port, for people
  std::string username;  ///< percent-decoded; a secret, as the password
  std::string password;

  /// Without a scheme it is an http proxy. Error: invalid_job, whose detail has neither user name nor password.
  static Result<ProxyUrl> parse(std::string_view text);

  [[nodiscard]] bool has_credentials() const noexcept { return !username.empty() || !password.empty(); }

  friend bool operator==(const ProxyUrl&, const ProxyUrl&) = default;
};

}  // namespace nbcrawl

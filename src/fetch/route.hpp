#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/keyed_hash.hpp"
#include "http/basic_credentials.hpp"
#include "nbcrawl/url.hpp"
#include "url/proxy_url.hpp"

namespace nbcrawl {

/// How requests come to the host of their URL.
enum class Way : std::uint8_t {
  direct,
  forwarded,  ///< a proxy is given whole requests, for any http origin (RFC 9112 section 3.2.2)
  tunnelled,  ///< a proxy passes on what is sent, and understands none of it
};

[[nodiscard]] inline Way way_of(const Url& url, const ProxyUrl* proxy) noexcept {
  if (proxy == nullptr) return Way::direct;
  return proxy->kind == ProxyKind::http && !url.is_https() ? Way::forwarded : Way::tunnelled;
}

/// What tells one route from another. Whatever keeps the requests of two jobs from sharing a connection stands here.
struct RouteKey {
  std::string_view origin;          ///< as Url::origin(); of a forwarding proxy its name
  bool insecure = false;            ///< any certificate will do; false where there is no TLS
  const ProxyUrl* proxy = nullptr;  ///< compared with its credentials; null: none

  RouteKey(const Url& url, bool is_insecure, const ProxyUrl* through) noexcept
      : RouteKey(way_of(url, through) == Way::forwarded ? std::string_view(through->name) : url.origin(), is_insecure,
                 through) {}
  RouteKey(std::string_view to, bool is_insecure, const ProxyUrl* through) noexcept
      : origin(to), insecure(is_insecure), proxy(through) {}

  friend bool operator==(const RouteKey& a, const RouteKey& b) {
    const bool same_proxy = a.proxy == b.proxy || (a.proxy != nullptr && b.proxy != nullptr && *a.proxy == *b.proxy);
    return a.origin == b.origin && a.insecure == b.insecure && same_proxy;
  }
};

struct RouteKeyHash {
  KeyedHash hash_origin;

  std::size_t operator()(const RouteKey& key) const noexcept {
    return hash_origin(key.origin) ^ static_cast<std::size_t>(key.insecure);
  }
};

/// Where connections lead, and on what terms they are made. Requests with equal keys may share them, others never do.
struct Route {
  Route(const Url& url, bool is_insecure, const ProxyUrl* through)
      : origin(RouteKey(url, is_insecure, through).origin),
        host(url.host()),
        hostname(url.hostname()),
        port(url.port()),
        is_https(url.is_https()),
        insecure(is_insecure),
        way(way_of(url, through)),
        proxy(through != nullptr ? std::optional(*through) : std::nullopt) {
    if (proxy && proxy->kind == ProxyKind::http && proxy->has_credentials())
      proxy_authorization = basic_credentials(proxy->username + ":" + proxy->password);
  }

  [[nodiscard]] RouteKey key() const noexcept { return {origin, insecure, proxy ? &*proxy : nullptr}; }
  /// host[:port], for people.
  [[nodiscard]] std::string_view authority() const noexcept {
    return std::string_view(origin).substr(way == Way::forwarded ? 0 : is_https ? 8 : 7);
  }
  /// Whether there is more to settle than the TCP connection.
  [[nodiscard]] bool has_handshake() const noexcept { return is_https || way == Way::tunnelled; }
  /// host:port, as a proxy is asked for it.
  [[nodiscard]] std::string target() const { return host + ":" + std::to_string(port); }
  /// Whose TLS sessions may be resumed: of those that came the same way. Holds the proxy's password.
  [[nodiscard]] std::string session_key() const {
    if (!proxy) return origin;
    return origin + '\n' + std::to_string(static_cast<int>(proxy->kind)) + proxy->name + '\n' + proxy->username + '\n' +
           proxy->password;
  }

  std::string origin;
  std::string host;      ///< as Url::host()
  std::string hostname;  ///< as Url::hostname(): what is looked up, and whom a certificate must name
  std::uint16_t port;
  bool is_https;
  bool insecure;
  Way way;                          ///< forwarded: host and port are those of the first request
  std::optional<ProxyUrl> proxy;    ///< nullopt: direct
  std::string proxy_authorization;  ///< the value of the field, for an http proxy; empty: none
};

}  // namespace nbcrawl

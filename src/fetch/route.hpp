#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "nbcrawl/url.hpp"

namespace nbcrawl {

/// What tells one route from another. Whatever keeps the requests of two jobs from sharing a connection stands here.
struct RouteKey {
  std::string_view origin;  ///< as Url::origin()
  bool insecure = false;    ///< any certificate will do; false where there is no TLS

  friend bool operator==(const RouteKey&, const RouteKey&) = default;
};

struct RouteKeyHash {
  std::size_t operator()(const RouteKey& key) const noexcept {
    return std::hash<std::string_view>{}(key.origin) ^ static_cast<std::size_t>(key.insecure);
  }
};

/// Where connections lead, and on what terms they are made. Requests with equal keys may share them, others never do.
struct Route {
  Route(const Url& url, bool is_insecure)
      : origin(url.origin()),
        host(url.host()),
        hostname(url.hostname()),
        port(url.port()),
        is_https(url.is_https()),
        insecure(is_insecure) {}

  [[nodiscard]] RouteKey key() const noexcept { return {.origin = origin, .insecure = insecure}; }
  /// host[:port], for people.
  [[nodiscard]] std::string_view authority() const noexcept {
    return std::string_view(origin).substr(is_https ? 8 : 7);
  }

  std::string origin;
  std::string host;      ///< as Url::host()
  std::string hostname;  ///< as Url::hostname(): what is looked up, and whom a certificate must name
  std::uint16_t port;
  bool is_https;
  bool insecure;
};

}  // namespace nbcrawl

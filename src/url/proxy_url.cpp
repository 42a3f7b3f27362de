#include "url/proxy_url.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "nbcrawl/url.hpp"
#include "url/code_points.hpp"
#include "url/percent_encoding.hpp"

namespace nbcrawl {

namespace {

struct Scheme {
  std::string_view name;
  ProxyKind kind;
};

constexpr std::array schemes{Scheme{"http", ProxyKind::http}, Scheme{"socks5", ProxyKind::socks5},
                             Scheme{"socks5h", ProxyKind::socks5h}};

/// RFC 1929 section 2: their lengths stand in one byte each.
constexpr std::size_t max_socks_credential_bytes = 255;

std::unexpected<Error> refused(std::string detail) {
  return std::unexpected(Error{.kind = ErrorKind::invalid_job, .phase = Phase::job, .detail = std::move(detail)});
}

std::optional<ProxyKind> find_kind(std::string_view scheme) noexcept {
  for (const Scheme& known : schemes) {
    if (equals_lower(scheme, known.name)) return known.kind;
  }
  return std::nullopt;
}

Result<> check_credentials(const ProxyUrl& proxy) {
  if (proxy.kind == ProxyKind::http) {
    // RFC 7617 section 2: the proxy would take what stands behind it for a part of the password.
    if (proxy.username.find(':') != std::string::npos)
      return refused("the user name of proxy " + proxy.name + " has a colon");
  } else if (proxy.username.size() > max_socks_credential_bytes || proxy.password.size() > max_socks_credential_bytes) {
    return refused("user name or password of proxy " + proxy.name + " is longer than 255 bytes");
  }
  return {};
}

}  // namespace

Result<ProxyUrl> ProxyUrl::parse(std::string_view text) {
  ProxyUrl proxy;
  std::string_view rest = text;
  if (const std::size_t end = text.find("://"); end != std::string_view::npos) {
    const auto kind = find_kind(text.substr(0, end));
    // The scheme is not shown: of "user:secret://host" it would be the password.
    if (!kind) return refused("a proxy has the scheme http, socks5 or socks5h, and no other");
    proxy.kind = *kind;
    rest = text.substr(end + 3);
  }
  // One parser for every host that is dialled. It leaves out a port that is the scheme's own: told by the other scheme.
  const auto url = Url::parse("http://" + std::string(rest));
  const auto other = Url::parse("https://" + std::string(rest));
  if (!url) return refused("not a proxy: " + url.error().detail);
  if (url->request_target() != "/" || !url->fragment().empty()) {
    return refused("proxy " + std::string(url->authority()) + " has something behind host and port");
  }
  proxy.hostname = url->hostname();
  if (other && url->port() == other->port()) proxy.port = url->port();
  proxy.name = std::string(url->host()) + ":" + std::to_string(proxy.port);
  proxy.username = whatwg::percent_decode(url->username());
  proxy.password = whatwg::percent_decode(url->password());
  if (auto good = check_credentials(proxy); !good) return std::unexpected(std::move(good.error()));
  return proxy;
}

}  // namespace nbcrawl

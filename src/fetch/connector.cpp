#include "fetch/connector.hpp"

#include <sys/socket.h>

#include <utility>

#include "net/http_connect.hpp"
#include "net/socks5_connect.hpp"
#include "net/special_address.hpp"
#include "net/tunnel_stream.hpp"
#include "tls/tls_stream.hpp"

namespace nbcrawl {

Connector::Connector(const ConnectorParts& parts, const Route& route, HttpVersion version, Observer& observer)
    : parts_(parts), route_(route), version_(version), observer_(observer), failed_(parts.loop.timers(), [this] {
        fail(std::move(*failure_));
      }) {}

void Connector::start() {
  observer_.on_step(ConnectStep::resolving);
  if (!route_.proxy || route_.proxy->kind != ProxyKind::socks5) return look_up_peer();
  look_up(route_.hostname, route_.port, [this](const Addresses& addresses) { on_target(addresses); });
}

void Connector::look_up(std::string_view hostname, std::uint16_t port, OnAddresses on_found) {
  if (const auto known = parts_.resolver.find(hostname, port)) return on_found(*known);
  query_ = parts_.resolver.ask(hostname, [this, port, on_found = std::move(on_found)](const Addresses& answer) mutable {
    query_.reset();
    Addresses addresses = answer;
    if (addresses) {
      for (Address& address : *addresses) address.set_port(port);
    }
    on_found(addresses);
  });
}

void Connector::on_target(const Addresses& addresses) {
  if (!addresses) return fail_soon(addresses.error());
  Result<> allowed;
  for (const Address& address : *addresses) {
    if (parts_.reach == Dialer::Reach::public_addresses) allowed = require_public(address);
    // One address is all that the proxy can be told, and more proxies reach IPv4.
    const bool better = !target_ || (target_->family() == AF_INET6 && address.family() == AF_INET);
    if (allowed && better) target_ = address;
  }
  if (target_) return look_up_peer();
  allowed.error().detail.insert(0, route_.host + ": ");
  fail_soon(std::move(allowed.error()));
}

void Connector::look_up_peer() {
  const std::string& hostname = route_.proxy ? route_.proxy->hostname : route_.hostname;
  const std::uint16_t port = route_.proxy ? route_.proxy->port : route_.port;
  look_up(hostname, port, [this](const Addresses& addresses) { start_dial(addresses); });
}

void Connector::start_dial(const Addresses& addresses) {
  if (!addresses) return fail_soon(of_peer(addresses.error()));
  observer_.on_step(ConnectStep::connecting);
  // Which proxy to use is the user's choice, not that of whoever wrote the URL.
  const auto reach = route_.proxy ? Dialer::Reach::all_addresses : parts_.reach;
  dial_ = parts_.dial(parts_.loop, *addresses, reach, [this](Result<Dialed> dialed) {
    parts_.loop.retire(std::move(dial_));
    on_dialed(std::move(dialed));
  });
}

void Connector::on_dialed(Result<Dialed> dialed) {
  if (!dialed) return fail(of_peer(std::move(dialed.error())));
  peer_ = dialed->peer;
  auto stream = open_stream(std::move(dialed->stream));
  if (!stream) return fail(of_host(std::move(stream.error())));
  stream_ = std::move(*stream);
  if (route_.has_handshake()) observer_.on_step(ConnectStep::handshaking);
  handshake();
}

Error Connector::of_peer(Error error) const {
  if (error.kind == ErrorKind::address_denied) error.detail.insert(0, route_.host + ": ");
  if (!route_.proxy || error.kind == ErrorKind::out_of_descriptors) return error;
  error.kind = ErrorKind::proxy_failed;
  error.detail.insert(0, "proxy " + route_.proxy->name + ": ");
  return route_.way == Way::tunnelled ? of_host(std::move(error)) : error;
}

Error Connector::of_host(Error error) const {
  error.detail.insert(0, std::string(route_.authority()) + ": ");
  return error;
}

Result<std::unique_ptr<Stream>> Connector::open_stream(std::unique_ptr<Stream> stream) {
  if (route_.way == Way::tunnelled) stream = std::make_unique<TunnelStream>(std::move(stream), proxy_handshake());
  if (!route_.is_https) return stream;
  auto context = parts_.tls_contexts.get(route_.insecure);
  if (!context) return std::unexpected(std::move(context.error()));
  return TlsStream::create(
      **context, std::move(stream),
      {.hostname = route_.hostname, .session_key = route_.session_key(), .alpn = offered_protocols()});
}

std::unique_ptr<ProxyHandshake> Connector::proxy_handshake() const {
  const ProxyUrl& proxy = *route_.proxy;
  if (proxy.kind == ProxyKind::http)
    return std::make_unique<HttpConnect>(proxy.name, route_.target(), route_.proxy_authorization);
  return std::make_unique<Socks5Connect>(
      proxy.name, target_ ? target_->ip() : route_.hostname, route_.port,
      Socks5Connect::Credentials{.username = proxy.username, .password = proxy.password});
}

void Connector::fail_soon(Error error) {
  failure_ = std::move(error);
  failed_.arm(parts_.loop.now());
}

void Connector::handshake() {
  const IoResult done = stream_->handshake();
  if (done.status == IoStatus::would_block) {
    if (auto watched = watch(); !watched) fail(of_host(std::move(watched.error())));
    return;
  }
  registration_.reset();
  Result<bool> http2 = done.status == IoStatus::ok ? settled_on_http2() : std::unexpected(stream_->failure(done));
  if (http2) return observer_.on_done(Connected{.stream = std::move(stream_), .peer = *peer_, .is_http2 = *http2});
  Error& error = http2.error();
  if (error.kind == ErrorKind::tls_handshake_failed && version_ == HttpVersion::http2_prior_knowledge)
    error.detail += "; it was offered HTTP/2 only";
  fail(of_host(std::move(error)));
}

std::string_view Connector::offered_protocols() const noexcept {
  using namespace std::string_view_literals;
  switch (version_) {
    case HttpVersion::http1_1: break;
    case HttpVersion::http2: return "\x02h2\x08http/1.1"sv;
    case HttpVersion::http2_prior_knowledge: return "\x02h2"sv;
  }
  return "\x08http/1.1"sv;
}

Result<bool> Connector::settled_on_http2() const {
  const bool is_needed = version_ == HttpVersion::http2_prior_knowledge && route_.way != Way::forwarded;
  if (!route_.is_https) return is_needed;
  if (stream_->protocol() == "h2" && version_ != HttpVersion::http1_1) return true;
  if (!is_needed) return false;
  return std::unexpected(Error{
      .kind = ErrorKind::tls_handshake_failed, .phase = Phase::tls, .detail = "the server does not speak HTTP/2"});
}

Result<> Connector::watch() {
  const Interest interest = stream_->wanted({});
  if (registration_) return registration_.set_interest(interest);
  auto registration = parts_.loop.watch(*this, interest);
  if (!registration) return std::unexpected(std::move(registration.error()));
  registration_ = std::move(*registration);
  return {};
}

}  // namespace nbcrawl

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "fetch/route.hpp"
#include "fetch/tls_contexts.hpp"
#include "io/event_loop.hpp"
#include "nbcrawl/options.hpp"
#include "net/dialer.hpp"
#include "net/proxy_handshake.hpp"
#include "net/resolver.hpp"
#include "net/stream.hpp"

namespace nbcrawl {

/// What all connectors of a run work with.
struct ConnectorParts {
  EventLoop& loop;
  StartDial dial;
  Resolver& resolver;
  TlsContexts& tls_contexts;
  Dialer::Reach reach;
};

/// A stream that is ready for the first request.
struct Connected {
  std::unique_ptr<Stream> stream;
  Address peer;
  bool is_http2 = false;
};

enum class ConnectStep : std::uint8_t { resolving, connecting, handshaking };

/// Makes one connection: look-up, dial, and the handshakes of the stream's layers, with the route's proxy first. It
/// tells of each step as it begins, and of the end. The caller keeps the deadline: destroying the connector gives up.
class Connector final : private Pollable {
 public:
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void on_step(ConnectStep step) = 0;
    /// Called once, from the loop and never from within start(); there, hand the connector to EventLoop::retire()
    /// instead of destroying it.
    virtual void on_done(Result<Connected> result) = 0;
  };

  /// `version`: what may be spoken. `route` and `observer` must outlive the connector.
  Connector(const ConnectorParts& parts, const Route& route, HttpVersion version, Observer& observer);
  void start();

 private:
  [[nodiscard]] int fileno() const noexcept override { return stream_->fileno(); }
  void on_ready(bool /*readable*/, bool /*writable*/) override { handshake(); }

  using OnAddresses = std::move_only_function<void(const Addresses&)>;
  /// `on_found` may be called at once.
  void look_up(std::string_view hostname, std::uint16_t port, OnAddresses on_found);
  /// Where the proxy is to connect to, if it is not to look that up itself.
  void on_target(const Addresses& addresses);
  /// Looks up whom we connect to: the host, or its proxy.
  void look_up_peer();
  void start_dial(const Addresses& addresses);
  void on_dialed(Result<Dialed> dialed);
  Result<std::unique_ptr<Stream>> open_stream(std::unique_ptr<Stream> stream);
  [[nodiscard]] std::unique_ptr<ProxyHandshake> proxy_handshake() const;
  void handshake();
  /// For ALPN (RFC 7301): a byte of length before each name.
  [[nodiscard]] std::string_view offered_protocols() const noexcept;
  /// What both sides will speak. Error: tls_handshake_failed.
  [[nodiscard]] Result<bool> settled_on_http2() const;
  Result<> watch();
  void fail(Error error) { observer_.on_done(std::unexpected(std::move(error))); }
  /// Fails from the loop.
  void fail_soon(Error error);
  // Errors as the job is told of them: one of reaching the peer, one of speaking with the host.
  [[nodiscard]] Error of_peer(Error error) const;
  [[nodiscard]] Error of_host(Error error) const;

  ConnectorParts parts_;
  const Route& route_;
  HttpVersion version_;
  Observer& observer_;
  std::unique_ptr<Resolver::Query> query_;
  std::unique_ptr<Dial> dial_;
  std::optional<Address> target_;  // of a proxy; nullopt: it gets the name
  std::optional<Address> peer_;
  std::unique_ptr<Stream> stream_;
  Registration registration_;  // after the stream, so that it ends first
  std::optional<Error> failure_;
  Timer failed_;  // tells of `failure_` from the loop
};

}  // namespace nbcrawl

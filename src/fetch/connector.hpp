#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "fetch/route.hpp"
#include "fetch/tls_contexts.hpp"
#include "io/event_loop.hpp"
#include "net/dialer.hpp"
#include "net/resolver.hpp"
#include "net/stream.hpp"

namespace nbcrawl {

/// What all connectors of a run work with.
struct ConnectorParts {
  EventLoop& loop;
  Resolver& resolver;
  TlsContexts& tls_contexts;
  Dialer::Reach reach;
};

/// A stream that is ready for the first request.
struct Connected {
  std::unique_ptr<Stream> stream;
  Address peer;
};

enum class ConnectStep : std::uint8_t { resolving, connecting, handshaking };

/// Makes one connection: look-up, dial, and the handshakes of the stream's layers. It tells of each step as it begins,
/// and of the end. The caller keeps the deadline: destroying the connector gives up.
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

  /// `route` and `observer` must outlive the connector.
  Connector(const ConnectorParts& parts, const Route& route, Observer& observer);
  void start();

 private:
  [[nodiscard]] int fileno() const noexcept override { return stream_->fileno(); }
  void on_ready(bool /*readable*/, bool /*writable*/) override { handshake(); }

  void dial(const Addresses& addresses);
  void on_dialed(Result<Dialed> dialed);
  Result<std::unique_ptr<Stream>> open_stream(UniqueFd fd);
  void handshake();
  Result<> watch();
  void fail(Error error) { observer_.on_done(std::unexpected(std::move(error))); }

  ConnectorParts parts_;
  const Route& route_;
  Observer& observer_;
  std::unique_ptr<Resolver::Query> query_;
  std::unique_ptr<Dialer> dialer_;
  std::optional<Address> peer_;
  std::unique_ptr<Stream> stream_;
  Registration registration_;  // after the stream, so that it ends first
  std::optional<Error> failure_;
  Timer failed_;  // tells of `failure_` from the loop
};

}  // namespace nbcrawl

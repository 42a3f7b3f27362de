#include "fetch/connector.hpp"

#include <utility>

#include "tls/tls_stream.hpp"

namespace nbcrawl {

Connector::Connector(const ConnectorParts& parts, const Route& route, Observer& observer)
    : parts_(parts),
      route_(route),
      observer_(observer),
      failed_(parts.loop.timers(), [this] { fail(std::move(*failure_)); }) {}

void Connector::start() {
  observer_.on_step(ConnectStep::resolving);
  if (const auto known = parts_.resolver.find(route_.hostname, route_.port)) return dial(*known);
  query_ = parts_.resolver.ask(route_.hostname, [this](const Addresses& answer) {
    query_.reset();
    Addresses addresses = answer;
    if (addresses) {
      for (Address& address : *addresses) address.set_port(route_.port);
    }
    dial(addresses);
  });
}

void Connector::dial(const Addresses& addresses) {
  if (!addresses) {
    failure_ = addresses.error();
    return failed_.arm(parts_.loop.now());
  }
  observer_.on_step(ConnectStep::connecting);
  dialer_ = std::make_unique<Dialer>(parts_.loop, *addresses, parts_.reach, [this](Result<Dialed> dialed) {
    parts_.loop.retire(std::move(dialer_));
    on_dialed(std::move(dialed));
  });
}

void Connector::on_dialed(Result<Dialed> dialed) {
  if (!dialed) {
    if (dialed.error().kind == ErrorKind::address_denied) dialed.error().detail.insert(0, route_.host + ": ");
    return fail(std::move(dialed.error()));
  }
  peer_ = dialed->peer;
  auto stream = open_stream(std::move(dialed->fd));
  if (!stream) return fail(std::move(stream.error()));
  stream_ = std::move(*stream);
  if (route_.is_https) observer_.on_step(ConnectStep::handshaking);
  handshake();
}

Result<std::unique_ptr<Stream>> Connector::open_stream(UniqueFd fd) {
  auto plain = std::make_unique<TcpStream>(std::move(fd));
  if (!route_.is_https) return plain;
  auto context = parts_.tls_contexts.get(route_.insecure);
  if (!context) return std::unexpected(std::move(context.error()));
  return TlsStream::create(**context, std::move(plain), route_.hostname, route_.origin);
}

void Connector::handshake() {
  const IoResult done = stream_->handshake();
  if (done.status == IoStatus::would_block) {
    if (auto watched = watch(); !watched) fail(std::move(watched.error()));
    return;
  }
  registration_.reset();
  if (done.status == IoStatus::ok) return observer_.on_done(Connected{.stream = std::move(stream_), .peer = *peer_});
  Error error = stream_->failure(done);
  error.detail.insert(0, std::string(route_.authority()) + ": ");
  fail(std::move(error));
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

#include "fetch/connection.hpp"

#include "fetch/fetcher.hpp"

namespace nbcrawl {

Connection::Connection(Fetcher& fetcher, Destination& destination, Connected connected)
    : fetcher_(fetcher),
      stream_(std::move(connected.stream)),
      destination_(destination),
      peer_ip_(connected.peer.ip()),
      peer_port_(connected.peer.port()) {}

Connection::~Connection() = default;

Result<> Connection::watch(EventLoop& loop) {
  auto registration = loop.watch(*this, interest());
  if (!registration) return std::unexpected(std::move(registration.error()));
  registration_ = std::move(*registration);
  return {};
}

void Connection::begin(Transfer& transfer) {
  transfer.connection_ = this;
  transfer.exchange_.remote_ip = peer_ip_;
  transfer.exchange_.remote_port = peer_port_;
  if (transfer.insecure()) transfer.exchange_.insecure = true;
  transfer.enter(TransferState::waiting);
}

void Connection::close() {
  if (paused_) fetcher_.forget_paused(*this);
  registration_.reset();
  stream_.reset();  // now, not after the pass: whoever wants a connection next may need the descriptor
}

Interest Connection::interest() const noexcept {
  return stream_->wanted({.readable = !paused_, .writable = wants_to_write()});
}

void Connection::update_interest() {
  if (!registration_) return;
  if (auto changed = registration_.set_interest(interest()); !changed) fetcher_.log_.warning(changed.error().detail);
}

bool Connection::must_rest() {
  if (paused_) {
    // A peer that is gone is reported whatever the interest, and would be in each pass.
    if (!wants_to_write()) registration_.reset();
    return true;
  }
  if (!fetcher_.paused()) return false;
  paused_ = true;
  fetcher_.wait_for_resume(*this);
  update_interest();
  return true;
}

void Connection::resume() {
  paused_ = false;
  if (!registration_) {
    if (auto watched = watch(fetcher_.loop_); !watched) return fail(std::move(watched.error()));
  }
  update_interest();
  if (stream_->has_buffered()) on_ready(true, false);  // no readiness tells of it
}

}  // namespace nbcrawl

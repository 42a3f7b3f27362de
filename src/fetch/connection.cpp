#include "fetch/connection.hpp"

#include <utility>

namespace nbcrawl {

Connection::Connection(const FetchParts& parts, Owner& owner, Connected connected)
    : parts_(parts),
      stream_(std::move(connected.stream)),
      owner_(owner),
      peer_{.ip = connected.peer.ip(), .port = connected.peer.port()} {}

Connection::~Connection() = default;

Result<> Connection::watch() {
  auto registration = parts_.loop.watch(*this, interest());
  if (!registration) return std::unexpected(std::move(registration.error()));
  registration_ = std::move(*registration);
  return {};
}

void Connection::close() {
  if (rests_) parts_.pause.forget(*this);
  registration_.reset();
  stream_.reset();  // now, not after the pass: whoever wants a connection next may need the descriptor
}

Interest Connection::interest() const noexcept {
  return stream_->wanted({.readable = !rests_, .writable = wants_to_write()});
}

void Connection::update_interest() {
  if (!registration_) return;
  if (auto changed = registration_.set_interest(interest()); !changed) parts_.log.warning(changed.error().detail);
}

bool Connection::must_rest() {
  if (rests_) {
    // A peer that is gone is reported whatever the interest, and would be in each pass.
    if (!wants_to_write()) registration_.reset();
    return true;
  }
  if (!parts_.pause.is_on()) return false;
  parts_.pause.wait(*this);
  rest();
  return true;
}

void Connection::rest() {
  rests_ = true;
  update_interest();
}

void Connection::resume() {
  rests_ = false;
  if (!registration_) {
    if (auto watched = watch(); !watched) return fail(std::move(watched.error()));
  }
  update_interest();
  if (stream_->has_buffered()) on_ready(true, false);  // no readiness tells of it
}

}  // namespace nbcrawl

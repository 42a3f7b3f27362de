#include "net/tunnel_stream.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace nbcrawl {

IoResult TunnelStream::handshake() {
  while (proxy_ != nullptr) {
    if (sent_ == outgoing_.size()) {
      outgoing_ = proxy_->take_outgoing();
      sent_ = 0;
    }
    if (outgoing_.empty() && proxy_->wanted() == 0) {
      proxy_.reset();
      break;
    }
    const IoResult moved = outgoing_.empty() ? receive() : send();
    if (moved.status != IoStatus::ok) return moved;
  }
  return {};
}

IoResult TunnelStream::send() {
  const IoResult written = below_->write(std::span(outgoing_).subspan(sent_));
  if (written.status == IoStatus::failed)
    return fail(proxy_->failed(std::string("broke the connection off: ") + std::strerror(written.sys_errno)));
  sent_ += written.bytes;
  return written;
}

IoResult TunnelStream::receive() {
  std::array<char, 2048> buffer;
  const IoResult got = below_->read(std::span(buffer).first(std::min(buffer.size(), proxy_->wanted())));
  switch (got.status) {
    case IoStatus::would_block: return got;
    case IoStatus::ok: break;
    case IoStatus::failed:
      return fail(proxy_->failed(std::string("broke the connection off: ") + std::strerror(got.sys_errno)));
    case IoStatus::closed:
    case IoStatus::truncated: return fail(proxy_->failed("closed the connection in its handshake"));
  }
  if (auto fed = proxy_->feed({buffer.data(), got.bytes}); !fed) return fail(std::move(fed.error()));
  return got;
}

IoResult TunnelStream::fail(Error error) {
  failure_ = std::move(error);
  return {.status = IoStatus::failed};
}

Interest TunnelStream::wanted(Interest purpose) const noexcept {
  if (proxy_ == nullptr) return below_->wanted(purpose);
  const bool sending = sent_ < outgoing_.size();
  return below_->wanted({.readable = !sending, .writable = sending});
}

Error TunnelStream::failure(const IoResult& result) const { return failure_ ? *failure_ : below_->failure(result); }

}  // namespace nbcrawl

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "net/proxy_handshake.hpp"
#include "net/stream.hpp"

namespace nbcrawl {

/// A stream to whom a proxy connects us. Its handshake is the one with the proxy; after that it is the stream below.
class TunnelStream final : public Stream {
 public:
  TunnelStream(std::unique_ptr<Stream> below, std::unique_ptr<ProxyHandshake> proxy)
      : below_(std::move(below)), proxy_(std::move(proxy)) {}

  [[nodiscard]] int fileno() const noexcept override { return below_->fileno(); }
  IoResult handshake() override;
  IoResult read(std::span<char> into) override { return below_->read(into); }
  IoResult read_two(std::span<char> first, std::span<char> second) override { return below_->read_two(first, second); }
  IoResult write(std::span<const char> from) override { return below_->write(from); }
  [[nodiscard]] bool has_buffered() const noexcept override { return below_->has_buffered(); }
  [[nodiscard]] Interest wanted(Interest purpose) const noexcept override;
  [[nodiscard]] Error failure(const IoResult& result) const override;

 private:
  /// A step of the handshake: something was written or read.
  IoResult send();
  IoResult receive();
  IoResult fail(Error error);

  std::unique_ptr<Stream> below_;
  std::unique_ptr<ProxyHandshake> proxy_;  // null once all is said
  std::string outgoing_;
  std::size_t sent_ = 0;
  std::optional<Error> failure_;
};

}  // namespace nbcrawl

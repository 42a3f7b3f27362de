#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// What we and a proxy say to each other until it passes on our bytes: bytes in, bytes out, no I/O. Errors have phase
/// connect and name the proxy.
class ProxyHandshake {
 public:
  virtual ~ProxyHandshake() = default;
  ProxyHandshake(const ProxyHandshake&) = delete;
  ProxyHandshake& operator=(const ProxyHandshake&) = delete;

  /// What has to be sent now, each byte given once; empty: nothing, until more has come.
  [[nodiscard]] std::string take_outgoing() { return std::exchange(outgoing_, {}); }
  /// How much may be read and fed next; 0: all is said.
  [[nodiscard]] virtual std::size_t wanted() const noexcept = 0;
  /// Takes what was read. Errors: proxy_denied, proxy_failed.
  virtual Result<> feed(std::string_view input) = 0;

  /// proxy_failed: what the proxy did, as the end of a sentence about it.
  [[nodiscard]] Error failed(std::string_view what) const { return error(ErrorKind::proxy_failed, what); }

 protected:
  /// `proxy`: its name, for errors.
  explicit ProxyHandshake(std::string proxy) : proxy_(std::move(proxy)) {}
  [[nodiscard]] Error denied(std::string_view what) const { return error(ErrorKind::proxy_denied, what); }

  std::string outgoing_;

 private:
  [[nodiscard]] Error error(ErrorKind kind, std::string_view what) const {
    return {.kind = kind, .phase = Phase::connect, .detail = "proxy " + proxy_ + " " + std::string(what)};
  }

  std::string proxy_;
};

}  // namespace nbcrawl

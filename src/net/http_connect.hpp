#pragma once

#include "net/proxy_handshake.hpp"

namespace nbcrawl {

/// Asks an http proxy for a tunnel (RFC 9110 section 9.3.6).
class HttpConnect final : public ProxyHandshake {
 public:
  /// The longest head of the proxy's answer.
  static constexpr std::size_t max_head_bytes = 64 * 1024;

  /// `authority`: host:port to be reached, both. `credentials`: the value of Proxy-Authorization; empty: none is sent.
  HttpConnect(std::string proxy, std::string_view authority, std::string_view credentials);

  [[nodiscard]] std::size_t wanted() const noexcept override { return done_ ? 0 : max_head_bytes; }
  /// Bytes behind the head of a tunnel's beginning are refused: a server that we have not spoken to yet says nothing.
  Result<> feed(std::string_view input) override;

 private:
  Result<> end_line();
  Result<> read_status();

  bool has_credentials_;
  bool done_ = false;
  int status_ = 0;  // 0: the status line is still to come
  std::size_t head_bytes_ = 0;
  std::string line_;  // being read; no more of it than is looked at
};

}  // namespace nbcrawl

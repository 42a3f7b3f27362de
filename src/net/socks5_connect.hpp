#pragma once

#include <cstdint>

#include "net/proxy_handshake.hpp"

namespace nbcrawl {

/// Asks a SOCKS5 proxy for a connection (RFC 1928), where needed with user name and password (RFC 1929). Reads not a
/// byte of what comes after the proxy's answer.
class Socks5Connect final : public ProxyHandshake {
 public:
  struct Credentials {
    std::string username;  ///< at most 255 bytes each; both empty: none
    std::string password;
  };

  /// `hostname`: an address, or a name that the proxy looks up.
  Socks5Connect(std::string proxy, std::string_view hostname, std::uint16_t port, Credentials credentials);

  [[nodiscard]] std::size_t wanted() const noexcept override { return expected_ - received_.size(); }
  Result<> feed(std::string_view input) override;

 private:
  /// What the proxy says next.
  enum class Step : std::uint8_t { method, verdict, outcome, address_type, address };

  Result<> read_method();
  Result<> read_verdict();
  Result<> read_outcome();
  Result<> read_address_type();
  Result<> send_request();
  void expect(Step step, std::size_t bytes);
  [[nodiscard]] unsigned byte(std::size_t i) const { return static_cast<unsigned char>(received_[i]); }

  std::string hostname_;
  std::uint16_t port_;
  Credentials credentials_;
  Step step_ = Step::method;
  std::size_t expected_ = 0;  // bytes of this step; 0: all is said
  std::string received_;      // of them
};

}  // namespace nbcrawl

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/stream.hpp"
#include "tls/openssl_pointers.hpp"
#include "tls/stream_bio.hpp"
#include "tls/tls_context.hpp"

namespace nbcrawl {

/// A TLS client's side of a connection, over a stream that it owns. SNI and the check of the certificate's name follow
/// RFC 9110 section 4.3.4 and RFC 9525: subjectAltName only, a wildcard is a whole label, addresses match addresses.
class TlsStream final : public Stream {
 public:
  struct Peer {
    std::string_view hostname;     ///< as Url::hostname()
    std::string_view session_key;  ///< whose session may be resumed, and kept
    std::string_view alpn;         ///< protocols to offer, a byte of length before each (RFC 7301); empty: none
  };
  static Result<std::unique_ptr<Stream>> create(TlsContext& context, std::unique_ptr<Stream> below, const Peer& peer);
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;
  /// Takes leave with close_notify, if that can be written at once.
  ~TlsStream() override;

  [[nodiscard]] int fileno() const noexcept override { return below_->fileno(); }
  IoResult handshake() override;
  IoResult read(std::span<char> into) override;
  IoResult write(std::span<const char> from) override;
  [[nodiscard]] std::string_view protocol() const noexcept override;
  [[nodiscard]] bool has_buffered() const noexcept override { return SSL_has_pending(ssl_.get()) == 1; }
  [[nodiscard]] Interest wanted(Interest purpose) const noexcept override;
  [[nodiscard]] Error failure(const IoResult& result) const override;

  // From the context's callbacks.
  /// Takes the session.
  void keep_session(SSL_SESSION* session);
  /// Whether the chain that the peer has presented is to be trusted, and is the host's.
  bool verify(X509_STORE_CTX* presented);

 private:
  TlsStream(TlsContext& context, std::unique_ptr<Stream> below, std::string_view session_key);
  Result<> set_up(const Peer& peer);
  Result<> expect_host();
  void begin_call() noexcept;
  /// Of a call that gave no data.
  IoResult result_without_data(int returned);
  IoResult result_of(int returned);

  TlsContext& context_;
  std::unique_ptr<Stream> below_;
  StreamBio bio_;
  std::string session_key_;
  std::string host_;       // that the certificate must be for
  SslSessionPtr offered_;  // to be resumed, until the handshake is done
  SslPtr ssl_;
  bool below_is_ready_ = false;  // its own handshake, with a proxy say, comes first
  bool established_ = false;
  bool received_ = false;
  std::size_t bytes_without_data_ = 0;  // that were read since the last data
  bool broken_ = false;                 // OpenSSL allows no further call
  bool read_wants_write_ = false;
  bool write_wants_read_ = false;
  std::optional<Error> failure_;
};

}  // namespace nbcrawl

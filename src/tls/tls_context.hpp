#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/unique_fd.hpp"
#include "nbcrawl/error.hpp"
#include "nbcrawl/tls_options.hpp"
#include "tls/openssl_pointers.hpp"
#include "tls/session_cache.hpp"
#include "tls/verified_chains.hpp"

namespace nbcrawl {

/// What all connections with one set of options have in common: whom they trust, the client certificate, the sessions
/// that can be resumed, the chains that were verified, the key log (SSLKEYLOGFILE). It must outlive the use of its
/// streams, not the streams.
///
/// Trusted are the system's authorities, or those of SSL_CERT_FILE and SSL_CERT_DIR, or of TlsOptions::ca_file.
class TlsContext {
 public:
  /// Error: tls_setup_failed where a file can't be used.
  static Result<std::unique_ptr<TlsContext>> create(const TlsOptions& options);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  [[nodiscard]] SSL_CTX* get() const noexcept { return context_.get(); }
  [[nodiscard]] bool verifies() const noexcept { return verifies_; }
  [[nodiscard]] SessionCache& sessions() noexcept { return sessions_; }
  [[nodiscard]] VerifiedChains& verified_chains() noexcept { return verified_chains_; }
  void log_key(std::string_view line) noexcept;

 private:
  TlsContext(SslContextPtr context, bool verifies) noexcept : context_(std::move(context)), verifies_(verifies) {}
  Result<> open_key_log();

  SslContextPtr context_;
  bool verifies_;
  SessionCache sessions_;
  VerifiedChains verified_chains_;
  UniqueFd key_log_;
};

/// Where the keys of all connections are logged (SSLKEYLOGFILE). Empty: nowhere.
[[nodiscard]] std::string key_log_file();

/// "OpenSSL 3.0.2": the library in use.
[[nodiscard]] std::string openssl_version_text();

}  // namespace nbcrawl

#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>

/// One context for all connections, as a good client has it. Null where plain TCP is spoken.
struct TlsSettings {
  SSL_CTX* context = nullptr;
  const char* host = nullptr;
  bool resume = false;             ///< offer the last session the server gave
  SSL_SESSION* session = nullptr;  ///< that one
};

/// Trusts the authorities in `ca_file` and nobody else. Lives as long as the program.
TlsSettings& open_tls(const char* ca_file, const char* host, bool resume);

/// A non-blocking connection, plain or TLS, with the least any client has to call.
class Transport {
 public:
  static constexpr long would_block = -1;

  /// Starts to connect to 127.0.0.1, or ends the program.
  Transport(int port, TlsSettings* tls);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  [[nodiscard]] int fd() const noexcept { return fd_; }
  /// Bytes moved; 0: closed by the server; would_block. A failure ends the program.
  long read(char* into, std::size_t size);
  long write(const char* from, std::size_t size);
  /// Whether bytes are here that the descriptor's readiness does not tell of.
  [[nodiscard]] bool has_buffered() const;

 private:
  [[nodiscard]] long result_of_tls(int result) const;
  int fd_;
  SSL* ssl_ = nullptr;
};

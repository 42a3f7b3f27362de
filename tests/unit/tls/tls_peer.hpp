#pragma once

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <string>
#include <utility>

#include "tls/openssl_pointers.hpp"
#include "unit/net/socket_pair.hpp"

namespace nbcrawl {

/// The server's side, with a certificate that nobody trusts, on a non-blocking socket that it borrows.
class TlsPeer {
 public:
  explicit TlsPeer(int fd) : context_(SSL_CTX_new(TLS_server_method())) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    SSL_CTX_use_certificate(context_.get(), certificate);
    SSL_CTX_use_PrivateKey(context_.get(), key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), fd);
    SSL_set_accept_state(ssl_.get());
  }

  /// Chooses this protocol where the client offers it (ALPN), and else says nothing of protocols.
  void speak(std::string protocol) {
    protocol_ = std::move(protocol);
    SSL_CTX_set_alpn_select_cb(context_.get(), &choose, this);
  }
  bool handshake() { return SSL_do_handshake(ssl_.get()) == 1; }
  bool write(const std::string& text) { return SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) > 0; }
  /// Sends a record without data (RFC 8446 section 4.6.3).
  bool change_keys() {
    return SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1 && SSL_do_handshake(ssl_.get()) == 1;
  }
  bool close() { return SSL_shutdown(ssl_.get()) >= 0; }
  std::string host_asked_for() {
    const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
    return name != nullptr ? name : "";
  }

 private:
  static int choose(SSL* /*ssl*/, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned int size, void* self) {
    const std::string& protocol = static_cast<TlsPeer*>(self)->protocol_;
    for (unsigned int at = 0; at < size; at += 1U + offered[at]) {
      *chosen = offered + at + 1;
      *length = offered[at];
      if (std::string(reinterpret_cast<const char*>(*chosen), *length) == protocol) return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_NOACK;
  }

  std::string protocol_;
  SslContextPtr context_;
  SslPtr ssl_;
};

}  // namespace nbcrawl

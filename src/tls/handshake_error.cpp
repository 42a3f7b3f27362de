#include "tls/handshake_error.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <string>

#include "base/descriptor_shortage.hpp"

namespace nbcrawl {

namespace {

Error certificate_error(long result) {
  const auto made = [](ErrorKind kind, std::string detail) {
    return Error{.kind = kind, .phase = Phase::tls, .detail = std::move(detail)};
  };
  switch (result) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return made(ErrorKind::tls_certificate_expired, "the certificate has expired");
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return made(ErrorKind::tls_certificate_not_yet_valid, "the certificate is not valid yet");
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return made(ErrorKind::tls_self_signed, "the certificate is self-signed");
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      // The system's authorities are a folder of files, which OpenSSL opens here.
      if (are_descriptors_short())
        return made(ErrorKind::out_of_descriptors, "no descriptor is left to read the trusted authorities with");
      return made(ErrorKind::tls_unknown_ca, "the certificate was issued by an authority that is not trusted");
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return made(ErrorKind::tls_wrong_host, "the certificate is for another host");
    default:
      return made(ErrorKind::tls_certificate_invalid,
                  std::string("the certificate is not valid: ") + X509_verify_cert_error_string(result));
  }
}

ErrorKind kind_of(int reason) noexcept {
  switch (reason) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION: return ErrorKind::tls_protocol_version;
    default: return ErrorKind::tls_handshake_failed;
  }
}

}  // namespace

std::string tls_cause() {
  const unsigned long code = ERR_peek_error();
  const char* text = code != 0 ? ERR_reason_error_string(code) : nullptr;
  return text != nullptr ? text : "no cause was given";
}

Error handshake_error(const SSL* ssl) {
  const int reason = ERR_GET_REASON(ERR_peek_error());
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) return certificate_error(SSL_get_verify_result(ssl));
  const ErrorKind kind = kind_of(reason);
  const std::string_view what =
      kind == ErrorKind::tls_protocol_version ? "no TLS version in common: " : "the TLS handshake failed: ";
  return {.kind = kind, .phase = Phase::tls, .detail = std::string(what) + tls_cause()};
}

}  // namespace nbcrawl

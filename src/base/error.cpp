#include "nbcrawl/error.hpp"

namespace nbcrawl {

std::string_view code(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::invalid_job: return "invalid_job";
    case ErrorKind::invalid_url: return "invalid_url";
    case ErrorKind::unsupported_scheme: return "unsupported_scheme";
    case ErrorKind::dns_not_found: return "dns_not_found";
    case ErrorKind::dns_failed: return "dns_failed";
    case ErrorKind::dns_timeout: return "dns_timeout";
    case ErrorKind::connect_refused: return "connect_refused";
    case ErrorKind::connect_timeout: return "connect_timeout";
    case ErrorKind::connect_unreachable: return "connect_unreachable";
    case ErrorKind::connect_failed: return "connect_failed";
    case ErrorKind::address_denied: return "address_denied";
    case ErrorKind::proxy_failed: return "proxy_failed";
    case ErrorKind::proxy_denied: return "proxy_denied";
    case ErrorKind::out_of_descriptors: return "out_of_descriptors";
    case ErrorKind::tls_setup_failed: return "tls_setup_failed";
    case ErrorKind::tls_certificate_expired: return "tls_certificate_expired";
    case ErrorKind::tls_certificate_not_yet_valid: return "tls_certificate_not_yet_valid";
    case ErrorKind::tls_self_signed: return "tls_self_signed";
    case ErrorKind::tls_unknown_ca: return "tls_unknown_ca";
    case ErrorKind::tls_wrong_host: return "tls_wrong_host";
    case ErrorKind::tls_certificate_invalid: return "tls_certificate_invalid";
    case ErrorKind::tls_protocol_version: return "tls_protocol_version";
    case ErrorKind::tls_truncated: return "tls_truncated";
    case ErrorKind::tls_handshake_failed: return "tls_handshake_failed";
    case ErrorKind::connection_reset: return "connection_reset";
    case ErrorKind::connection_closed: return "connection_closed";
    case ErrorKind::timeout: return "timeout";
    case ErrorKind::too_slow: return "too_slow";
    case ErrorKind::stream_reset: return "stream_reset";
    case ErrorKind::malformed_response: return "malformed_response";
    case ErrorKind::truncated_body: return "truncated_body";
    case ErrorKind::header_too_large: return "header_too_large";
    case ErrorKind::body_too_large: return "body_too_large";
    case ErrorKind::bad_redirect: return "bad_redirect";
    case ErrorKind::bad_encoding: return "bad_encoding";
    case ErrorKind::callback_failed: return "callback_failed";
    case ErrorKind::body_file_failed: return "body_file_failed";
    case ErrorKind::output_failed: return "output_failed";
    case ErrorKind::state_failed: return "state_failed";
    case ErrorKind::http_status: return "http_status";
    case ErrorKind::system_failed: return "system_failed";
    case ErrorKind::interrupted: return "interrupted";
  }
  return "unknown";
}

std::string_view name(Phase phase) noexcept {
  switch (phase) {
    case Phase::job: return "job";
    case Phase::resolve: return "resolve";
    case Phase::connect: return "connect";
    case Phase::request: return "request";
    case Phase::response: return "response";
    case Phase::callback: return "callback";
    case Phase::output: return "output";
    case Phase::tls: return "tls";
  }
  return "unknown";
}

}  // namespace nbcrawl

#include "crawl/exit_status.hpp"

#include <algorithm>

namespace nbcrawl {

int exit_status_of(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::invalid_job:
    case ErrorKind::invalid_url:
    case ErrorKind::unsupported_scheme:
    case ErrorKind::body_file_failed:
    case ErrorKind::tls_setup_failed: return exit_status::usage;
    case ErrorKind::output_failed:
    case ErrorKind::state_failed: return exit_status::file_output;
    case ErrorKind::dns_not_found:
    case ErrorKind::dns_failed:
    case ErrorKind::dns_timeout:
    case ErrorKind::connect_refused:
    case ErrorKind::connect_timeout:
    case ErrorKind::connect_unreachable:
    case ErrorKind::connect_failed:
    case ErrorKind::address_denied:
    case ErrorKind::proxy_failed:
    case ErrorKind::proxy_denied:
    case ErrorKind::too_slow:
    case ErrorKind::connection_reset:
    case ErrorKind::connection_closed:
    case ErrorKind::timeout: return exit_status::network;
    case ErrorKind::tls_certificate_expired:
    case ErrorKind::tls_certificate_not_yet_valid:
    case ErrorKind::tls_self_signed:
    case ErrorKind::tls_unknown_ca:
    case ErrorKind::tls_wrong_host:
    case ErrorKind::tls_certificate_invalid:
    case ErrorKind::tls_protocol_version:
    case ErrorKind::tls_truncated:
    case ErrorKind::tls_handshake_failed: return exit_status::tls;
    case ErrorKind::stream_reset:
    case ErrorKind::malformed_response:
    case ErrorKind::truncated_body:
    case ErrorKind::header_too_large:
    case ErrorKind::body_too_large:
    case ErrorKind::bad_redirect:
    case ErrorKind::bad_encoding: return exit_status::protocol;
    case ErrorKind::http_status: return exit_status::http_status;
    case ErrorKind::callback_failed: return exit_status::callback;
    case ErrorKind::out_of_descriptors:
    case ErrorKind::system_failed:
    case ErrorKind::interrupted: break;
  }
  return exit_status::other_failure;
}

int lower_status(int a, int b) noexcept {
  if (a == exit_status::success || b == exit_status::success) return std::max(a, b);
  return std::min(a, b);
}

}  // namespace nbcrawl

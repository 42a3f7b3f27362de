#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace nbcrawl {

/// What went wrong. Each kind has a stable code (see `code()`) that appears in records and never changes meaning.
enum class ErrorKind : std::uint8_t {
  invalid_job,          ///< a record of the job list is malformed, or it or a setting has a bad value
  invalid_url,          ///< not a URL, or not one with scheme http or https
  unsupported_scheme,   ///< a URL, but its scheme is not one this build can fetch
  dns_not_found,        ///< the name does not exist, or has no address of the wanted family
  dns_failed,           ///< the name server answered with a failure
  dns_timeout,          ///< no name server answered in time
  connect_refused,      ///< ECONNREFUSED
  connect_timeout,      ///< no connection within the connect timeout
  connect_unreachable,  ///< no route to the host or its network
  connect_failed,       ///< any other failure of socket() or connect()
  address_denied,       ///< an address that Options::deny_private keeps jobs from
  proxy_failed,         ///< the proxy did not make the connection, or does not speak its protocol
  proxy_denied,         ///< the proxy wants other credentials, or none of this
  out_of_descriptors,   ///< EMFILE or ENFILE
  tls_setup_failed,     ///< a file of the TLS options can't be used
  tls_certificate_expired,
  tls_certificate_not_yet_valid,
  tls_self_signed,          ///< the server's certificate vouches for itself
  tls_unknown_ca,           ///< the certificate's issuer is not trusted
  tls_wrong_host,           ///< the certificate is for another host
  tls_certificate_invalid,  ///< refused for any other reason, as that it is not one for servers
  tls_protocol_version,     ///< no TLS version that both sides accept
  tls_truncated,            ///< the peer closed the connection in the handshake
  tls_handshake_failed,     ///< any other failure of the handshake
  connection_reset,         ///< the peer reset the connection, or no longer answered, and the system gave it up
  connection_closed,        ///< the peer closed the connection before a response began
  timeout,                  ///< the job's max-time ran out
  too_slow,                 ///< fewer bytes a second than Options::speed_limit for Options::speed_time
  stream_reset,             ///< HTTP/2: the peer gave up this stream alone
  malformed_response,       ///< not HTTP, or framing that RFC 9112 forbids
  truncated_body,           ///< the connection ended before the body's announced end
  header_too_large,         ///< head, trailers or chunk framing exceed Limits::max_header_bytes
  body_too_large,           ///< the body exceeds Limits::max_body_bytes
  bad_redirect,             ///< a redirect to nowhere, or one too many
  bad_encoding,             ///< a content coding is corrupt, truncated or unknown
  callback_failed,          ///< the job's callback threw or reported failure
  body_file_failed,         ///< the job's body_file can't be read
  output_failed,            ///< a result can't be written
  state_failed,             ///< the state of a resumable run can't be used
  http_status,              ///< the status counts as a failure (--fail, --accept)
  system_failed,            ///< the operating system refused something no other kind names
  interrupted,              ///< the run was stopped before this job finished
};

/// The step of a job's life in which an error arose.
enum class Phase : std::uint8_t { job, resolve, connect, request, response, callback, output, tls };

/// An error value. `detail` is one sentence that names the host or file and the cause; it never holds a secret, but it
/// may hold bytes from the network: escape it before it reaches a terminal.
struct Error {
  ErrorKind kind;
  Phase phase;
  int sys_errno = 0;  ///< errno where the system refused, else 0
  std::string detail = {};
};

template <class T = void>
using Result = std::expected<T, Error>;

/// The stable code of a kind, e.g. "connect_timeout". Static storage.
std::string_view code(ErrorKind kind) noexcept;

/// The name of a phase, e.g. "connect". Static storage.
std::string_view name(Phase phase) noexcept;

}  // namespace nbcrawl

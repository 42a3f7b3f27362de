#pragma once

#include <openssl/ssl.h>

#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// Why a handshake failed, read from OpenSSL's error queue and the result of the certificate's verification. The detail
/// names the cause; the caller knows the host.
Error handshake_error(const SSL* ssl);

/// The cause first in OpenSSL's queue, as text.
std::string tls_cause();

}  // namespace nbcrawl

#include "tls/tls_context.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/descriptor_shortage.hpp"
#include "tls/tls_stream.hpp"

namespace nbcrawl {

namespace {

/// The first cause in OpenSSL's queue, which is the one nearest to the fault.
Error setup_error(const std::string& what) {
  const unsigned long code = ERR_peek_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  // What the system said stands in the queue without a text in OpenSSL 3.
  const std::string cause = ERR_SYSTEM_ERROR(code) ? std::strerror(ERR_GET_REASON(code))
                            : reason != nullptr    ? reason
                                                   : "OpenSSL refuses it";
  const int sys_errno = ERR_SYSTEM_ERROR(code) ? ERR_GET_REASON(code) : 0;
  return {.kind = is_descriptor_shortage(sys_errno) ? ErrorKind::out_of_descriptors : ErrorKind::tls_setup_failed,
          .phase = Phase::tls,
          .sys_errno = sys_errno,
          .detail = what + ": " + cause};
}

int on_chain(X509_STORE_CTX* presented, void* /*argument*/) noexcept {
  const void* ssl = X509_STORE_CTX_get_ex_data(presented, SSL_get_ex_data_X509_STORE_CTX_idx());
  return static_cast<TlsStream*>(SSL_get_app_data(static_cast<const SSL*>(ssl)))->verify(presented) ? 1 : 0;
}

Result<> trust(SSL_CTX* context, const TlsOptions& options) {
  if (options.insecure) {
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    return {};
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, on_chain, nullptr);
  if (!options.ca_file.empty()) {
    if (SSL_CTX_load_verify_file(context, options.ca_file.c_str()) == 1) return {};
    return std::unexpected(setup_error("can't read the authorities in " + options.ca_file));
  }
  if (SSL_CTX_set_default_verify_paths(context) == 1) return {};
  return std::unexpected(setup_error("can't read the system's authorities"));
}

Result<> identify(SSL_CTX* context, const TlsOptions& options) {
  if (options.certificate_file.empty()) return {};
  const std::string& key = options.key_file.empty() ? options.certificate_file : options.key_file;
  if (SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1) {
    return std::unexpected(setup_error("can't use the certificate in " + options.certificate_file));
  }
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return std::unexpected(setup_error("can't use the key in " + key));
  }
  return {};
}

int on_new_session(SSL* ssl, SSL_SESSION* session) noexcept {
  static_cast<TlsStream*>(SSL_get_app_data(ssl))->keep_session(session);
  return 1;  // it is ours now
}

void on_key(const SSL* ssl, const char* line) noexcept {
  static_cast<TlsContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))->log_key(line);
}

/// A passphrase would be asked for on the terminal: the run would hang there.
int no_passphrase(char* /*into*/, int /*size*/, int /*writing*/, void* /*data*/) noexcept { return -1; }

}  // namespace

Result<std::unique_ptr<TlsContext>> TlsContext::create(const TlsOptions& options) {
  ERR_clear_error();
  SslContextPtr made(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* context = made.get();
  if (context == nullptr) return std::unexpected(setup_error("can't set up TLS"));
  SSL_CTX_set_min_proto_version(context, options.min_version == TlsVersion::tls1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(context, 0);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);  // else each record takes two calls, one for its length
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, on_new_session);
  if (auto trusted = trust(context, options); !trusted) return std::unexpected(std::move(trusted.error()));
  if (auto identified = identify(context, options); !identified) return std::unexpected(std::move(identified.error()));
  std::unique_ptr<TlsContext> owner(new TlsContext(std::move(made), !options.insecure));
  if (SSL_CTX_set_app_data(context, owner.get()) != 1) return std::unexpected(setup_error("can't set up TLS"));
  if (auto opened = owner->open_key_log(); !opened) return std::unexpected(std::move(opened.error()));
  return owner;
}

Result<> TlsContext::open_key_log() {
  const std::string path = key_log_file();
  if (path.empty()) return {};
  // O_NONBLOCK: a FIFO that nobody reads must not hold up the run.
  key_log_.reset(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600));
  if (!key_log_) {
    return std::unexpected(Error{.kind = ErrorKind::tls_setup_failed,
                                 .phase = Phase::tls,
                                 .sys_errno = errno,
                                 .detail = "can't write SSLKEYLOGFILE " + path + ": " + std::strerror(errno)});
  }
  SSL_CTX_set_keylog_callback(context_.get(), on_key);
  return {};
}

void TlsContext::log_key(std::string_view line) noexcept {
  // In one call, so that lines of several programs do not mix. A full disk, or a reader who
  // is too slow, costs the line, not the transfer.
  std::string whole(line);
  whole += '\n';
  [[maybe_unused]] const ssize_t written = ::write(key_log_.get(), whole.data(), whole.size());
}

std::string key_log_file() {
  const char* path = ::secure_getenv("SSLKEYLOGFILE");
  return path == nullptr ? "" : path;
}

std::string openssl_version_text() { return std::string("OpenSSL ") + OpenSSL_version(OPENSSL_VERSION_STRING); }

}  // namespace nbcrawl

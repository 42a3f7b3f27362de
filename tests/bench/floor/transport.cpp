#include "transport.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "require.hpp"

TlsSettings& open_tls(const char* ca_file, const char* host, bool resume) {
  static TlsSettings settings;
  settings.context = SSL_CTX_new(TLS_client_method());
  require(settings.context != nullptr, "SSL_CTX_new");
  require(SSL_CTX_load_verify_locations(settings.context, ca_file, nullptr) == 1, ca_file);
  SSL_CTX_set_verify(settings.context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(settings.context, SSL_MODE_RELEASE_BUFFERS);
  settings.host = host;
  settings.resume = resume;
  if (resume) {
    SSL_CTX_set_session_cache_mode(settings.context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(settings.context, [](SSL*, SSL_SESSION* fresh) {
      if (settings.session != nullptr) SSL_SESSION_free(settings.session);
      settings.session = fresh;
      return 1;
    });
  }
  return settings;
}

Transport::Transport(int port, TlsSettings* tls)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  require(fd_ >= 0, "socket");
  const int yes = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int connected = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  require(connected == 0 || errno == EINPROGRESS, "connect");
  if (tls == nullptr) return;
  ssl_ = SSL_new(tls->context);
  require(ssl_ != nullptr && SSL_set_fd(ssl_, fd_) == 1 && SSL_set1_host(ssl_, tls->host) == 1, "SSL_new");
  SSL_set_connect_state(ssl_);
  if (tls->resume && tls->session != nullptr) SSL_set_session(ssl_, tls->session);
}

Transport::~Transport() {
  SSL_free(ssl_);
  ::close(fd_);
}

long Transport::result_of_tls(int result) const {
  if (result > 0) return result;
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return would_block;
    case SSL_ERROR_ZERO_RETURN: return 0;
    default: require(false, "TLS");
  }
  return 0;
}

long Transport::read(char* into, std::size_t size) {
  if (ssl_ != nullptr) return result_of_tls(SSL_read(ssl_, into, static_cast<int>(size)));
  const ssize_t got = ::recv(fd_, into, size, 0);
  require(got >= 0 || errno == EAGAIN, "recv");
  return got;
}

long Transport::write(const char* from, std::size_t size) {
  if (ssl_ != nullptr) return result_of_tls(SSL_write(ssl_, from, static_cast<int>(size)));
  const ssize_t sent = ::send(fd_, from, size, MSG_NOSIGNAL);
  require(sent >= 0 || errno == EAGAIN, "send");
  return sent;
}

bool Transport::has_buffered() const { return ssl_ != nullptr && SSL_pending(ssl_) > 0; }

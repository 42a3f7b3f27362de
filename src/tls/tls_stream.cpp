#include "tls/tls_stream.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "tls/handshake_error.hpp"

namespace nbcrawl {

namespace {

/// More than any handshake takes, and than the largest record (RFC 8446 section 5.2).
constexpr std::size_t bytes_per_call = 64 * 1024;

/// Of records without data before the first with some, and between two: a handshake with the longest chain that OpenSSL
/// takes (100 KiB), or a few tickets (RFC 8446 section 4.6.1), each with a certificate of the client's in it, and more
/// changes of keys than anyone needs. For each such record both sides do work, and a peer that sends nothing else would
/// have us do it for as long as the connection lasts.
constexpr std::size_t most_bytes_without_data = 128 * 1024;

/// What OpenSSL makes of a certificate in memory, in multiples of its encoding; measured at 86 KB.
constexpr std::size_t bytes_a_coded_byte = 4;

bool is_address(const std::string& host) noexcept {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

Error setup_error() {
  return {.kind = ErrorKind::tls_setup_failed, .phase = Phase::tls, .detail = "can't set up TLS: " + tls_cause()};
}

}  // namespace

Result<std::unique_ptr<Stream>> TlsStream::create(TlsContext& context, std::unique_ptr<Stream> below,
                                                  const Peer& peer) {
  ERR_clear_error();
  std::unique_ptr<TlsStream> stream(new TlsStream(context, std::move(below), peer.session_key));
  if (auto set = stream->set_up(peer); !set) return std::unexpected(std::move(set.error()));
  return stream;
}

TlsStream::TlsStream(TlsContext& context, std::unique_ptr<Stream> below, std::string_view session_key)
    : context_(context),
      below_(std::move(below)),
      bio_{.stream = *below_},
      session_key_(session_key),
      ssl_(SSL_new(context.get())) {}

TlsStream::~TlsStream() {
  if (!established_ || broken_) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

Result<> TlsStream::set_up(const Peer& peer) {
  BIO* bio = ssl_ != nullptr ? make_stream_bio(bio_) : nullptr;
  if (bio == nullptr) return std::unexpected(setup_error());
  SSL_set_bio(ssl_.get(), bio, bio);
  if (SSL_set_app_data(ssl_.get(), this) != 1) return std::unexpected(setup_error());
  SSL_set_connect_state(ssl_.get());
  if (SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(peer.alpn.data()),
                          static_cast<unsigned int>(peer.alpn.size())) != 0)
    return std::unexpected(setup_error());
  // RFC 6066 section 3: no trailing dot. Certificates have none either.
  host_ = peer.hostname;
  if (host_.ends_with('.')) host_.pop_back();
  if (auto expected = expect_host(); !expected) return expected;
  offered_ = context_.sessions().find(session_key_);
  if (offered_ != nullptr) SSL_set_session(ssl_.get(), offered_.get());
  return {};
}

Result<> TlsStream::expect_host() {
  X509_VERIFY_PARAM* expected = SSL_get0_param(ssl_.get());
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool set = is_address(host_) ? X509_VERIFY_PARAM_set1_ip_asc(expected, host_.c_str()) == 1
                                     : X509_VERIFY_PARAM_set1_host(expected, host_.data(), host_.size()) == 1 &&
                                           SSL_set_tlsext_host_name(ssl_.get(), host_.c_str()) == 1;
  if (!set) return std::unexpected(setup_error());
  return {};
}

void TlsStream::keep_session(SSL_SESSION* session) {
  std::size_t coded = static_cast<std::size_t>(std::max(i2d_SSL_SESSION(session, nullptr), 0));
  const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl_.get());
  for (int i = 0; i < sk_X509_num(chain); ++i)  // of none it is -1
    coded += static_cast<std::size_t>(std::max(i2d_X509(sk_X509_value(chain, i), nullptr), 0));
  context_.sessions().put(session_key_, SslSessionPtr(session), coded * bytes_a_coded_byte);
}

bool TlsStream::verify(X509_STORE_CTX* presented) {
  VerifiedChains& verified = context_.verified_chains();
  const std::string key = VerifiedChains::key_of(presented, host_);
  if (verified.contains(key)) return true;
  const bool is_good = X509_verify_cert(presented) == 1;
  if (is_good && !key.empty()) verified.put(key);
  return is_good;
}

void TlsStream::begin_call() noexcept {
  ERR_clear_error();  // what other users of OpenSSL left in this thread's queue would be taken for ours
  bio_.budget = bytes_per_call;
  // last_read stays: once OpenSSL has met the end of the stream it reads no more.
  bio_.last_write = {};
}

IoResult TlsStream::result_of(int returned) {
  const int error = SSL_get_error(ssl_.get(), returned);
  switch (error) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return {.status = IoStatus::would_block};
    case SSL_ERROR_ZERO_RETURN: return {.status = IoStatus::closed};
    default: break;
  }
  broken_ = true;
  for (const IoResult& below : {bio_.last_read, bio_.last_write}) {
    // Otherwise what failed is the alert that OpenSSL sends when it has met the cause.
    if (error == SSL_ERROR_SYSCALL && below.status == IoStatus::failed) {
      failure_ = below_->failure(below);
      if (!established_) failure_->phase = Phase::tls;
      return below;
    }
  }
  const bool ended = bio_.last_read.status == IoStatus::closed;
  if (established_ && ended) return {.status = IoStatus::truncated};
  if (received_) {
    failure_ =
        Error{.kind = ErrorKind::malformed_response, .phase = Phase::response, .detail = "TLS failed: " + tls_cause()};
  } else if (ended) {
    failure_ = Error{.kind = ErrorKind::tls_truncated,
                     .phase = Phase::tls,
                     .detail = "the connection was closed in the TLS handshake"};
  } else {
    // With TLS 1.3 the server's verdict on the client certificate comes when the handshake is done for us.
    failure_ = handshake_error(ssl_.get());
  }
  return {.status = IoStatus::failed};
}

IoResult TlsStream::result_without_data(int returned) {
  bytes_without_data_ += bytes_per_call - bio_.budget;
  if (bytes_without_data_ <= most_bytes_without_data) return result_of(returned);
  broken_ = true;
  failure_ = Error{
      .kind = established_ ? ErrorKind::malformed_response : ErrorKind::tls_handshake_failed,
      .phase = established_ ? Phase::response : Phase::tls,
      .detail = "TLS failed: more than " + std::to_string(most_bytes_without_data) + " bytes of records without data"};
  return {.status = IoStatus::failed};
}

IoResult TlsStream::handshake() {
  if (!below_is_ready_) {
    const IoResult below = below_->handshake();
    if (below.status == IoStatus::failed) failure_ = below_->failure(below);
    if (below.status != IoStatus::ok) return below;
    below_is_ready_ = true;
  }
  begin_call();
  const int returned = SSL_do_handshake(ssl_.get());
  if (returned != 1) return result_without_data(returned);
  established_ = true;
  bytes_without_data_ = 0;
  if (offered_ != nullptr) context_.sessions().on_answer(session_key_, offered_, SSL_session_reused(ssl_.get()) == 1);
  offered_.reset();
  return {};
}

std::string_view TlsStream::protocol() const noexcept {
  const unsigned char* name = nullptr;
  unsigned int length = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &length);
  return {reinterpret_cast<const char*>(name), length};
}

IoResult TlsStream::read(std::span<char> into) {
  begin_call();
  std::size_t bytes = 0;
  const int returned = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
  if (returned == 1) {
    received_ = true;
    bytes_without_data_ = 0;
    // A call returns one record at most: however short it is, more may be here.
    return {.status = IoStatus::ok, .bytes = bytes, .more = true};
  }
  const IoResult result = result_without_data(returned);
  read_wants_write_ = result.status == IoStatus::would_block && SSL_want_write(ssl_.get());
  return result;
}

IoResult TlsStream::write(std::span<const char> from) {
  begin_call();
  std::size_t bytes = 0;
  const int returned = SSL_write_ex(ssl_.get(), from.data(), from.size(), &bytes);
  if (returned == 1) return {.status = IoStatus::ok, .bytes = bytes};
  const IoResult result = result_of(returned);
  write_wants_read_ = result.status == IoStatus::would_block && SSL_want_read(ssl_.get());
  return result;
}

Interest TlsStream::wanted(Interest purpose) const noexcept {
  if (!below_is_ready_) return below_->wanted(purpose);
  if (!established_) return {.readable = !SSL_want_write(ssl_.get()), .writable = SSL_want_write(ssl_.get())};
  return {.readable = purpose.readable || (purpose.writable && write_wants_read_),
          .writable = (purpose.writable && !write_wants_read_) || (purpose.readable && read_wants_write_)};
}

Error TlsStream::failure(const IoResult& result) const { return failure_ ? *failure_ : Stream::failure(result); }

}  // namespace nbcrawl

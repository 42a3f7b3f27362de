#pragma once

#include <openssl/ssl.h>

#include <memory>

namespace nbcrawl {

/// OpenSSL's objects with the functions that free them.
template <auto function>
struct Freed {
  template <class T>
  void operator()(T* object) const noexcept {
    function(object);
  }
};

using SslContextPtr = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, Freed<SSL_free>>;
using SslSessionPtr = std::unique_ptr<SSL_SESSION, Freed<SSL_SESSION_free>>;

}  // namespace nbcrawl

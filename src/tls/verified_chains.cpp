#include "tls/verified_chains.hpp"

#include <openssl/x509.h>

#include <string_view>

#include "base/sha256.hpp"

namespace nbcrawl {

std::string VerifiedChains::key_of(X509_STORE_CTX* presented, const std::string& host) {
  const STACK_OF(X509)* chain = X509_STORE_CTX_get0_untrusted(presented);  // the host's own certificate is its first
  if (sk_X509_num(chain) <= 0) return {};
  Sha256 hash;
  hash.update({host.c_str(), host.size() + 1});  // its end too, so that no certificate can pass for a part of it
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(sk_X509_value(chain, i), &der);
    if (size <= 0) return {};
    hash.update({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
    OPENSSL_free(der);
  }
  return hash.digest();
}

}  // namespace nbcrawl

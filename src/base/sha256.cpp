#include "base/sha256.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/hex.hpp"
#include "base/require_memory.hpp"

namespace nbcrawl {

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept { ::EVP_MD_CTX_free(context); }

// Nothing but memory can lack: the algorithm is built in.
Sha256::Sha256() : context_(::EVP_MD_CTX_new()) {
  // Asked for first: where OpenSSL had no memory to set up its default context, EVP_sha256() follows a null pointer in
  // it.
  require_memory(::OSSL_LIB_CTX_get0_global_default() != nullptr);
  require_memory(context_ != nullptr && ::EVP_DigestInit_ex(context_.get(), ::EVP_sha256(), nullptr) == 1);
}

void Sha256::update(std::string_view data) {
  require_memory(::EVP_DigestUpdate(context_.get(), data.data(), data.size()) == 1);
}

std::string Sha256::digest() const {
  const std::unique_ptr<evp_md_ctx_st, Free> so_far(::EVP_MD_CTX_new());
  require_memory(so_far != nullptr && ::EVP_MD_CTX_copy_ex(so_far.get(), context_.get()) == 1);
  std::string bytes(32, '\0');
  require_memory(::EVP_DigestFinal_ex(so_far.get(), reinterpret_cast<unsigned char*>(bytes.data()), nullptr) == 1);
  return bytes;
}

std::string sha256_hex(std::string_view data) {
  Sha256 hash;
  hash.update(data);
  std::string hex;
  for (const char byte : hash.digest()) append_hex(hex, static_cast<unsigned char>(byte));
  return hex;
}

}  // namespace nbcrawl

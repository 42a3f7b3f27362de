#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace nbcrawl {

/// The SHA-256 (FIPS 180-4) of bytes as they come. OpenSSL computes it and is seen nowhere else in this module.
class Sha256 {
 public:
  Sha256();
  void update(std::string_view data);
  /// Of all bytes so far, 32 bytes. More may follow.
  [[nodiscard]] std::string digest() const;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// The SHA-256 of `data` as 64 lower-case hex digits, as sha256sum prints it.
std::string sha256_hex(std::string_view data);

}  // namespace nbcrawl

#pragma once

#include <string>
#include <string_view>

namespace nbcrawl {

/// The SHA-256 (FIPS 180-4) of `data` as 64 lower-case hex digits, as sha256sum prints it. OpenSSL computes it and is
/// seen nowhere else in this module.
std::string sha256_hex(std::string_view data);

}  // namespace nbcrawl

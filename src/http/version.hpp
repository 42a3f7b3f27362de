#pragma once

#include <string>

namespace nbcrawl {

/// The version of llhttp, as compiled in.
std::string llhttp_version();

/// The version of nghttp2, with which it was loaded.
std::string nghttp2_version_text();

/// The version of libpsl, with which it was loaded.
std::string libpsl_version();

}  // namespace nbcrawl

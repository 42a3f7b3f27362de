#include "http/version.hpp"

#include <libpsl.h>
#include <llhttp.h>
#include <nghttp2/nghttp2.h>

namespace nbcrawl {

std::string llhttp_version() {
  return std::to_string(LLHTTP_VERSION_MAJOR) + "." + std::to_string(LLHTTP_VERSION_MINOR) + "." +
         std::to_string(LLHTTP_VERSION_PATCH);
}

std::string nghttp2_version_text() { return nghttp2_version(0)->version_str; }

std::string libpsl_version() { return psl_get_version(); }

}  // namespace nbcrawl

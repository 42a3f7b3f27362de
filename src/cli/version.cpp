#include "cli/version.hpp"

#include <CLI/Version.hpp>

#include "charset/version.hpp"
#include "http/version.hpp"
#include "net/version.hpp"
#include "tls/tls_context.hpp"

namespace nbcrawl {

std::string version_text() {
  return "nbcrawl " NBCRAWL_VERSION "\nllhttp " + llhttp_version() + ", nghttp2 " + nghttp2_version_text() +
         ", libpsl " + libpsl_version() + ", c-ares " + ares_version_text() + ", " + openssl_version_text() + ", ICU " +
         icu_version() + ", CLI11 " CLI11_VERSION "\nmultiplexers: select poll epoll";
}

}  // namespace nbcrawl

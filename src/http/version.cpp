#include "http/version.hpp"

#include <llhttp.h>

namespace nbcrawl {

std::string llhttp_version() {
  return std::to_string(LLHTTP_VERSION_MAJOR) + "." + std::to_string(LLHTTP_VERSION_MINOR) + "." +
         std::to_string(LLHTTP_VERSION_PATCH);
}

}  // namespace nbcrawl

#include "net/version.hpp"

#include <ares.h>

namespace nbcrawl {

std::string ares_version_text() { return ares_version(nullptr); }

}  // namespace nbcrawl

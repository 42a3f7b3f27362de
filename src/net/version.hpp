#pragma once

#include <string>

namespace nbcrawl {

/// The version of c-ares, as linked.
std::string ares_version_text();

}  // namespace nbcrawl

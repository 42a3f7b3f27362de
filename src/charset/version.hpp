#pragma once

#include <string>

namespace nbcrawl {

/// The version of ICU, as linked.
std::string icu_version();

}  // namespace nbcrawl

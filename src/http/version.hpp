#pragma once

#include <string>

namespace nbcrawl {

/// The version of llhttp, as compiled in.
std::string llhttp_version();

}  // namespace nbcrawl

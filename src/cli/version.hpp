#pragma once

#include <string>

namespace nbcrawl {

/// What --version prints: our version, those of the libraries, and the multiplexers built in.
std::string version_text();

}  // namespace nbcrawl

#pragma once

#include <string>

#include "nbcrawl/crawler.hpp"

namespace nbcrawl {

/// The last line of a run.
std::string summary_line(const Summary& summary);

}  // namespace nbcrawl

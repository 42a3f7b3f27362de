#pragma once

#include <cstdint>
#include <string>

#include "nbcrawl/crawler.hpp"

namespace nbcrawl {

/// The last line of a run. `done_before`: jobs of earlier runs that it continued.
std::string summary_line(const Summary& summary, std::uint64_t done_before = 0);

}  // namespace nbcrawl

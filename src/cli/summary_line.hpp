#pragma once

#include <cstdint>
#include <string>

#include "nbcrawl/crawler.hpp"
#include "state/job_marks.hpp"

namespace nbcrawl {

/// The last line of a run. `before`: what earlier runs that it continued have done.
std::string summary_line(const Summary& summary, const JobTotals& before);

}  // namespace nbcrawl

#include "crawl/bounded_options.hpp"

#include "base/quantity.hpp"

namespace nbcrawl {

Options bounded(Options options) {
  for (auto* const time :
       {&options.connect_timeout, &options.max_time, &options.speed_time, &options.limits.max_idle_time}) {
    *time = bounded(*time);
  }
  for (auto* const gap : {&options.gap, &options.host_gap}) *gap = bounded(*gap);
  return options;
}

}  // namespace nbcrawl

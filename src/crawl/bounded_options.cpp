#include "crawl/bounded_options.hpp"

#include "base/available_memory.hpp"
#include "base/quantity.hpp"

namespace nbcrawl {

Options bounded(Options options) {
  for (auto* const time :
       {&options.connect_timeout, &options.max_time, &options.speed_time, &options.limits.max_idle_time}) {
    *time = bounded(*time);
  }
  for (auto* const gap : {&options.gap, &options.host_gap}) *gap = bounded(*gap);
  if (options.limits.max_body_memory_bytes == 0) options.limits.max_body_memory_bytes = available_memory() / 2;
  return options;
}

}  // namespace nbcrawl

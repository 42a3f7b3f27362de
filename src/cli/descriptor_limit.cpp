#include "cli/descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace nbcrawl {

namespace {

/// For everything that is no connection; each command of `exec` has four.
rlim_t other_descriptors(const Options& options) { return 64 + 4 * options.exec_jobs; }

}  // namespace

std::string fit_to_descriptors(Options& options) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  const rlim_t transfers = options.concurrency;
  const rlim_t wanted = transfers + options.limits.max_idle_connections + other_descriptors(options);
  if (limit.rlim_cur < wanted) {
    const rlimit raised{.rlim_cur = std::min(wanted, limit.rlim_max), .rlim_max = limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  // Idle connections leave descriptors for those under way. One may always be kept: with none, no connection would be
  // used twice. Where a descriptor is missing, the pool gives up an idle connection.
  const rlim_t taken = std::min(transfers + other_descriptors(options), limit.rlim_cur - 1);
  options.limits.max_idle_connections =
      std::min<std::size_t>(options.limits.max_idle_connections, limit.rlim_cur - taken);
  if (limit.rlim_cur >= transfers) return {};
  return "the system allows " + std::to_string(limit.rlim_cur) + " open descriptors (ulimit -Hn): too few for " +
         std::to_string(transfers) + " transfers at once";
}

}  // namespace nbcrawl

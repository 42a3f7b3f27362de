#include "cli/descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>

#include "crawl/command_pool.hpp"

namespace nbcrawl {

namespace {

/// For everything that is no connection; each command of `exec` has four, and so many has a thread for its loop, its
/// mailbox and the resolver's sockets.
std::uint64_t other_descriptors(const Options& options) {
  return 64 + 4 * (CommandPool::jobs(options) + options.threads);
}

}  // namespace

std::uint64_t raise_descriptor_limit(std::uint64_t wanted) noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlimit raised{.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max), .rlim_max = limit.rlim_max};
  if (raised.rlim_cur > limit.rlim_cur && ::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  return limit.rlim_cur;
}

std::string fit_to_descriptors(Options& options) {
  const std::uint64_t transfers = options.concurrency;
  const std::uint64_t limit =
      raise_descriptor_limit(transfers + options.limits.max_idle_connections + other_descriptors(options));
  if (limit == 0) return {};
  // Idle connections leave descriptors for those under way. One may always be kept: with none, no connection would be
  // used twice. Where a descriptor is missing, the pool gives up an idle connection.
  const std::uint64_t taken = std::min(transfers + other_descriptors(options), limit - 1);
  options.limits.max_idle_connections = std::min<std::size_t>(options.limits.max_idle_connections, limit - taken);
  if (limit >= transfers) return {};
  return "the system allows " + std::to_string(limit) + " open descriptors (ulimit -Hn): too few for " +
         std::to_string(transfers) + " transfers at once";
}

}  // namespace nbcrawl

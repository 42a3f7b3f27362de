#pragma once

#include "nbcrawl/options.hpp"
#include "net/resolver.hpp"

namespace nbcrawl {

/// The run's settings as the resolver takes them. Error: invalid_job (a pin that is none).
[[nodiscard]] inline Result<ResolverOptions> make_resolver_options(const Options& options) {
  ResolverOptions made{.family = options.family,
                       .dns_servers = options.dns_servers,
                       .max_cached_names = options.limits.max_cached_names};
  for (const std::string& text : options.resolve) {
    auto pin = PinnedName::parse(text);
    if (!pin) return std::unexpected(std::move(pin.error()));
    made.pinned.push_back(std::move(*pin));
  }
  return made;
}

}  // namespace nbcrawl

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "fetch/opening.hpp"
#include "fetch/route.hpp"
#include "nbcrawl/options.hpp"

namespace nbcrawl {

class Connection;

/// What is spoken at the end of a route: known beforehand, or from the last connection that was made.
enum class Protocol : std::uint8_t { unknown, http1, http2 };

/// What is at the end of a route: the connections that lead there and those being made. Owned by the pool, and kept as
/// long as a transfer or a connection uses it.
struct Destination {
  Destination(Route leading_here, HttpVersion allowed) : route(std::move(leading_here)), version(allowed) {
    if (route.way == Way::forwarded || allowed == HttpVersion::http1_1) {
      protocol = Protocol::http1;
    } else if (allowed == HttpVersion::http2_prior_knowledge) {
      protocol = Protocol::http2;
    } else {
      protocol = route.is_https ? Protocol::unknown : Protocol::http1;
    }
  }

  /// One that transfers may wait for together, since its connection may carry them all; null: none.
  [[nodiscard]] Opening* shared_opening() const noexcept {
    if (protocol == Protocol::http1) return nullptr;
    for (const auto& opening : openings) {
      if (opening->takes_more()) return opening.get();
    }
    return nullptr;
  }
  /// Takes out one of those being made; null: it is not there any more.
  std::unique_ptr<Opening> take(const Opening& opening) noexcept {
    const auto at =
        std::find_if(openings.begin(), openings.end(), [&](const auto& one) { return one.get() == &opening; });
    if (at == openings.end()) return nullptr;
    auto taken = std::move(*at);
    openings.erase(at);
    return taken;
  }

  const Route route;
  HttpVersion version;  ///< what may be spoken here
  Protocol protocol;
  std::vector<Connection*> open;  ///< those that take another transfer; most recently used last
  std::vector<std::unique_ptr<Opening>> openings;
  std::size_t users = 0;  ///< transfers and connections
};

}  // namespace nbcrawl

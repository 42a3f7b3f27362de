#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "fetch/opening.hpp"
#include "fetch/route.hpp"

namespace nbcrawl {

class Connection;

/// What is at the end of a route: the connections that lead there and those being made. Owned by the pool, and kept as
/// long as a transfer or a connection uses it.
struct Destination {
  explicit Destination(Route leading_here) : route(std::move(leading_here)) {}

  const Route route;
  std::vector<Connection*> idle;  ///< most recently used last
  std::vector<std::unique_ptr<Opening>> openings;
  std::size_t users = 0;  ///< transfers and connections
};

}  // namespace nbcrawl

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "nbcrawl/error.hpp"
#include "net/address.hpp"
#include "serve/route_table.hpp"

namespace nbcrawl {

/// A routes file, ready to be served.
struct RoutesFile {
  std::optional<Address> listen;
  RouteTable routes;
};

/// Reads the JSON that `nbcrawl serve` takes (docs/serve.md) from a file, a pipe, or standard input where `path` is
/// "-". Relative paths in it start from its folder, those in a pipe or standard input from the working folder. Errors:
/// invalid_job, system_failed; the detail names the file and the place in it: line and column where it is not JSON,
/// else the key.
[[nodiscard]] Result<RoutesFile> load_routes(const std::string& path);

/// An IP address and a port: 127.0.0.1:8080, [::1]:8080.
[[nodiscard]] std::optional<Address> parse_listen_address(std::string_view text);

}  // namespace nbcrawl

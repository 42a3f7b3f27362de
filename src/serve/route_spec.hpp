#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "nbcrawl/error.hpp"
#include "nbcrawl/fields.hpp"

namespace nbcrawl {

/// One route as the routes file says it (docs/serve.md). At most one of the five sources is given.
struct RouteSpec {
  std::optional<std::string> text;       ///< UTF-8
  std::optional<std::string> text_file;  ///< path of a UTF-8 file, read once
  std::optional<std::string> file;
  std::optional<std::string> directory;
  std::optional<std::string> redirect;
  std::optional<std::string> type;
  std::optional<std::string> charset;  ///< what text is encoded to
  std::optional<std::string> label;    ///< what Content-Type claims; empty: nothing
  std::optional<int> status;
  std::vector<std::string> methods = {"GET"};
  Fields headers;
  milliseconds delay{0};
  std::size_t chunks = 0;
  bool close = false;
};

/// Reads one route's object. Error: invalid_job; its detail begins with the key.
[[nodiscard]] Result<RouteSpec> read_route_spec(const nlohmann::json& object);

}  // namespace nbcrawl

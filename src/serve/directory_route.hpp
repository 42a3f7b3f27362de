#pragma once

#include <cstddef>
#include <string>

#include "nbcrawl/error.hpp"
#include "serve/answer.hpp"

namespace nbcrawl {

/// Serves the regular files below `folder`: the path after its first `prefix_bytes` names the file, index.html stands
/// for a folder, and a folder without its "/" is redirected to. Error: system_failed where the folder can't be opened.
[[nodiscard]] Result<AnswerHandler> directory_route(const std::string& folder, std::size_t prefix_bytes);

}  // namespace nbcrawl

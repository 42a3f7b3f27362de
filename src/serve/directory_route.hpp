#pragma once

#include <string>
#include <string_view>

#include "nbcrawl/error.hpp"
#include "serve/answer.hpp"

namespace nbcrawl {

/// Serves the regular files below `folder`: the path after `prefix` names the file, index.html stands for a folder, and
/// a folder without its "/" is redirected to. Errors: system_failed where the folder can't be opened; invalid_job where
/// the prefix does not begin and end with "/".
[[nodiscard]] Result<AnswerHandler> directory_route(const std::string& folder, std::string_view prefix);

}  // namespace nbcrawl

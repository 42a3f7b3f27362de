#pragma once

#include <filesystem>
#include <string>

#include "serve/answer.hpp"
#include "serve/route_spec.hpp"

namespace nbcrawl {

/// What answers a route at `path`. Relative files are looked for in `folder`; they are read, encoded or at least opened
/// here, so that what is missing is known before the first request. Errors: invalid_job, system_failed; the detail
/// begins with the key.
[[nodiscard]] Result<AnswerHandler> make_route_handler(const RouteSpec& spec, const std::string& path,
                                                       const std::filesystem::path& folder);

/// The whole of a file. Error: system_failed, naming the path.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path);

}  // namespace nbcrawl

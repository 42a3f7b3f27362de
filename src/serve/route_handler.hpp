#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "serve/answer.hpp"
#include "serve/route_spec.hpp"

namespace nbcrawl {

/// The most that a routes file, or a file of text that it names, may hold.
inline constexpr std::size_t max_read_bytes = 64 * 1024 * 1024;

/// What answers a route at `path`. Relative files are looked for in `folder`; they are read, encoded or at least opened
/// here, so that what is missing is known before the first request. Errors: invalid_job, system_failed; the detail
/// begins with the key.
[[nodiscard]] Result<AnswerHandler> make_route_handler(const RouteSpec& spec, const std::string& path,
                                                       const std::filesystem::path& folder);

}  // namespace nbcrawl

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "serve/answer.hpp"

namespace nbcrawl {

/// Makes an open regular file the body of the answer. `content_type` empty: no Content-Type.
void answer_with_file(Answer& answer, UniqueFd file, std::uint64_t bytes, std::string_view content_type);

/// Opens the file at `path` and answers with it, or with what answer_unopened() says.
void answer_with_file_at(Answer& answer, const std::string& path, std::string_view content_type);

/// The answer where a file could not be opened: 404, 403, 503 or 500.
void answer_unopened(Answer& answer, int cause);

}  // namespace nbcrawl

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "nbcrawl/options.hpp"

namespace nbcrawl {

/// The body that the values of -d make, joined by "&" as with curl: each is the data itself, or "@FILE" ("@-": standard
/// input) whose CR, LF and NUL are left out. Errors: body_file_failed, also where a file has more than `max_bytes`.
Result<std::string> read_request_data(const std::vector<std::string>& values, std::size_t max_bytes);

/// Whether what -b names as files can be read, but for the jar that -c is still to make. Most likely they were meant as
/// cookies. Error: invalid_job.
Result<> check_cookie_files(const CookieOptions& cookies);

}  // namespace nbcrawl

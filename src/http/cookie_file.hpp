#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "http/cookie_jar.hpp"
#include "nbcrawl/error.hpp"

namespace nbcrawl {

// The file format that curl, wget and browsers' exports share, after Netscape: a line a cookie, seven fields with tabs
// between: domain (a dot before it: shared with what is below), TRUE where shared, path, TRUE where secure, seconds
// since 1970 (0: with the session), name, value. "#HttpOnly_" before the domain is part of the line, any other "#" a
// comment.

/// All cookies of the jar that have not expired; those of the session too.
[[nodiscard]] std::string write_cookies(const CookieJar& jar, std::chrono::sys_seconds now);

/// Puts the cookies of such a text into the jar, but for those that have expired. Error: invalid_job, naming `file` and
/// the line, and none of what it holds.
Result<> read_cookies(std::string_view text, std::string_view file, CookieJar& jar, std::chrono::sys_seconds now);

}  // namespace nbcrawl

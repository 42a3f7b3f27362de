#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/fault.hpp"
#include "nbcrawl/job.hpp"

namespace nbcrawl {

// Values of a job's fields out of JSON text that JsonScanner has accepted. Nothing: the value is not of that kind.

/// Any string; a view of `json`, or of `storage` where the string has escapes.
std::optional<std::string_view> to_text(std::string_view json, std::string& storage);
/// Any string.
std::optional<std::string> to_string(std::string_view json);
/// A string that is not empty and can be part of a file's name or of a line: without NUL.
std::optional<std::string> to_name(std::string_view json);
/// A string that is not empty, or a whole number as it is written.
std::optional<std::string> to_id(std::string_view json);
std::optional<bool> to_bool(std::string_view json);
std::optional<std::uint16_t> to_port(std::string_view json);
/// The most retries and redirects that a job, or the command line, may ask for.
inline constexpr std::uint32_t max_count = 1000;
/// At most max_count.
std::optional<std::uint32_t> to_count(std::string_view json);
/// Above zero. A number counts seconds.
std::optional<std::chrono::milliseconds> to_duration(std::string_view json);
/// Above zero. A number counts bytes.
std::optional<std::uint64_t> to_size(std::string_view json);
/// A method is a token (RFC 9110 section 9.1), but not CONNECT, which asks for a tunnel. Case matters, yet as in the
/// Fetch standard ("normalize a method") get, head, post, put, delete and options are taken for what they must mean.
std::optional<std::string> normal_method(std::string_view method);
std::optional<std::string> to_method(std::string_view json);
/// One name or a list of at least one.
std::optional<std::vector<std::string>> to_names(std::string_view json);

/// The headers of an object {"name": "value", "other": ["value", ...]}, added to `headers`, where they replace those of
/// the same name. Fault: its offset counts from the start of `json`; values, which may be secrets, are not shown.
std::optional<Fault> add_headers(std::string_view json, std::vector<Header>& headers);

}  // namespace nbcrawl

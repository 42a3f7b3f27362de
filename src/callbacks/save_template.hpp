#pragma once

#include <string>
#include <string_view>

#include "nbcrawl/error.hpp"
#include "nbcrawl/job.hpp"
#include "nbcrawl/url.hpp"

namespace nbcrawl {

// The argument of `save`: where below the output folder a page goes. Text with variables in braces:
//   {host}    the host, with what else tells its server from another: ":port" unless that is 443 for https
//   {path}    the path as folders and a file name, the query behind it
//   {query} {scheme} {port} {id} {index}
// Empty: "{host}{path}", which gives two URLs that differ in more than the fragment two different names, and never one
// URL the name of another's folder. docs/saving-files.md tells the mapping.

inline constexpr std::string_view default_save_template = "{host}{path}";

/// Whether names under `save_template` are those of "{host}{path}".
[[nodiscard]] bool is_default_template(std::string_view save_template) noexcept;

/// Whether `save_template` can be expanded. Error: invalid_job, naming an unknown variable and the nearest known one.
Result<> check_save_template(std::string_view save_template);

/// The path of the file for `url`, relative to the output folder. Its variables can't add an empty component, a control
/// character or a leading "." or "-"; where one makes a ".." of the template's own ".", OutputDirectory refuses it.
/// Error: as check_save_template().
Result<std::string> expand_save_template(std::string_view save_template, const Job& job, const Url& url);

}  // namespace nbcrawl

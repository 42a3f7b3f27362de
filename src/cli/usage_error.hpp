#pragma once

#include <string>
#include <string_view>

namespace CLI {
class App;
class Error;
}  // namespace CLI

namespace nbcrawl {

/// What is said of an option that neither the program nor the subcommand that was given has, written with its dashes,
/// and perhaps with a value behind "=".
std::string unknown_option_text(const CLI::App& app, std::string_view word);

/// What is said of a command line that can't be used: what is wrong with it, and the option that was most likely meant.
std::string usage_error_text(const CLI::App* app, const CLI::Error& error);

}  // namespace nbcrawl

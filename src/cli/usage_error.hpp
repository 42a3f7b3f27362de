#pragma once

#include <string>

namespace CLI {
class App;
class Error;
}  // namespace CLI

namespace nbcrawl {

/// What is said of a command line that can't be used: what is wrong with it, and the option that was most likely meant.
std::string usage_error_text(const CLI::App* app, const CLI::Error& error);

}  // namespace nbcrawl

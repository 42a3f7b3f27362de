#pragma once

#include <string>

namespace CLI {
class App;
}  // namespace CLI

namespace nbcrawl {

/// Declares --config, which gives the app's options what a settings file says, where the command line says nothing.
/// CLI11 calls back in the order of declaration, after the whole command line is read: declare it before what it may
/// set. `target` gets the path.
void add_config_option(CLI::App& app, std::string& target);

}  // namespace nbcrawl

#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace nbcrawl {

/// Declares --config, which gives the app's options what a settings file says, where the command line says nothing.
/// CLI11 calls back in the order of declaration, after the whole command line is read: declare it before what it may
/// set.
void add_config_option(CLI::App& app);

}  // namespace nbcrawl

#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "nbcrawl/options.hpp"

namespace nbcrawl {

/// What the command line of `nbcrawl serve` says.
struct ServeSettings {
  std::string routes_file;
  std::string bind;                   ///< empty: the routes file's, else 127.0.0.1
  std::optional<std::uint16_t> port;  ///< none: the routes file's, else 8080
  MultiplexerChoice multiplexer = MultiplexerChoice::automatic;
  std::string access_log;  ///< path, "-" for standard error; empty: none
  bool quiet = false;
};

/// Declares `nbcrawl serve`; parsing fills `settings`, which must outlive the app.
CLI::App* add_serve_command(CLI::App& app, ServeSettings& settings);

/// Serves until SIGINT or SIGTERM. Returns the exit status.
int run_serve(const ServeSettings& settings);

}  // namespace nbcrawl

#pragma once

#include <CLI/App.hpp>

#include "cli/fetch_settings.hpp"

namespace nbcrawl {

/// Declares `nbcrawl fetch`; parsing fills `settings`, which must outlive the app.
CLI::App* add_fetch_command(CLI::App& app, FetchSettings& settings);

/// Carries it out. Returns the exit status.
int run_fetch(const FetchSettings& settings);

}  // namespace nbcrawl

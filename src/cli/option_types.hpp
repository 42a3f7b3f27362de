#pragma once

#include <CLI/App.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "nbcrawl/job.hpp"
#include "nbcrawl/options.hpp"

namespace nbcrawl {

// Options whose values have a syntax of ours. Each sets its target while the command line is parsed.

CLI::Option* add_duration_option(CLI::App& app, const std::string& names, std::chrono::milliseconds& target,
                                 const std::string& help);
/// N a second, kept as the gap between two; N/s, N/m and N/h are rates too.
CLI::Option* add_rate_option(CLI::App& app, const std::string& names, std::chrono::microseconds& gap,
                             const std::string& help);
CLI::Option* add_gap_option(CLI::App& app, const std::string& names, std::chrono::microseconds& gap,
                            const std::string& help);
CLI::Option* add_size_option(CLI::App& app, const std::string& names, std::uint64_t& target, const std::string& help);
CLI::Option* add_header_option(CLI::App& app, std::vector<Header>& target);
CLI::Option* add_multiplexer_option(CLI::App& app, MultiplexerChoice& target);

}  // namespace nbcrawl

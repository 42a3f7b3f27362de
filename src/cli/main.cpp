#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/fetch_command.hpp"
#include "cli/out_of_memory.hpp"
#include "cli/serve_command.hpp"
#include "cli/standard_descriptors.hpp"
#include "cli/usage_error.hpp"
#include "cli/version.hpp"
#include "crawl/exit_status.hpp"

namespace {

/// `nbcrawl jobs.json` is short for `nbcrawl fetch jobs.json`, and `nbcrawl help fetch` asks for its --help.
std::vector<std::string> arguments(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  const bool is_help = !words.empty() && words.front() == "help";
  if (is_help) words.erase(words.begin());
  constexpr std::array<std::string_view, 5> first{"fetch", "serve", "-h", "--help", "--version"};
  const bool is_known = words.empty() || std::find(first.begin(), first.end(), words.front()) != first.end();
  if (is_help && !is_known) throw CLI::ExtrasError({words.front()});
  if (is_help) words.emplace_back("--help");
  if (!is_help && !is_known) words.insert(words.begin(), "fetch");
  std::reverse(words.begin(), words.end());  // as CLI11 takes a vector
  return words;
}

/// What --help and --version say is a result: where it can't be written, that is told. Returns the exit status.
int print(const std::string& text) {
  if (std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0) return nbcrawl::exit_status::success;
  std::fprintf(stderr, "nbcrawl: can't write standard output: %s\n", std::strerror(errno));
  return nbcrawl::exit_status::file_output;
}

}  // namespace

int main(int argc, char** argv) {
  nbcrawl::exit_when_out_of_memory();
  nbcrawl::occupy_standard_descriptors();
  // A reader that went away and a file size limit are error values of the write that meets them.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGCHLD, SIG_DFL);  // who started us may have it ignored, and then no exit status of a command is kept
  CLI::App app{
      "Fetches lists of URLs, many at once, and hands each page to its callback.\n"
      "`nbcrawl JOBS` is short for `nbcrawl fetch JOBS`.",
      "nbcrawl"};
  app.set_version_flag("--version", nbcrawl::version_text);
  app.failure_message(nbcrawl::usage_error_text);
  app.require_subcommand(1);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);  // as with curl
  nbcrawl::FetchSettings fetch_settings;
  nbcrawl::ServeSettings serve_settings;
  CLI::App* fetch = nbcrawl::add_fetch_command(app, fetch_settings);
  CLI::App* serve = nbcrawl::add_serve_command(app, serve_settings);
  try {
    app.parse(arguments(argc, argv));
  } catch (const CLI::ParseError& failure) {
    std::ostringstream text;
    return app.exit(failure, text, std::cerr) == 0 ? print(text.str()) : nbcrawl::exit_status::usage;
  }
  if (fetch->parsed()) return nbcrawl::run_fetch(fetch_settings);
  if (serve->parsed()) return nbcrawl::run_serve(serve_settings);
  return nbcrawl::exit_status::usage;
}

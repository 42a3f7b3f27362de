#include "cli/usage_error.hpp"

#include <CLI/CLI.hpp>
#include <string_view>
#include <vector>

#include "base/escape.hpp"
#include "base/nearest_name.hpp"

namespace nbcrawl {

namespace {

/// The long options of the subcommand that was given, and of the program.
std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  const auto add = [&names](const CLI::App& from) {
    for (const CLI::Option* option : from.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  };
  add(app);
  for (const CLI::App* subcommand : app.get_subcommands()) add(*subcommand);
  return names;
}

}  // namespace

std::string unknown_option_text(const CLI::App& app, std::string_view word) {
  const std::vector<std::string> names = option_names(app);
  const std::string_view name = word.substr(0, word.find('='));
  const std::string_view near = nearest_name(name, std::vector<std::string_view>(names.begin(), names.end()));
  std::string text = "unknown option " + std::string(name);
  if (!near.empty()) text.append("; did you mean ").append(near).append("?");
  return text;
}

std::string usage_error_text(const CLI::App* app, const CLI::Error& error) {
  const std::vector<std::string> unknown = app->remaining(true);
  const bool is_unknown = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError) && !unknown.empty() &&
                          unknown.front().starts_with('-');
  const std::string text = is_unknown ? unknown_option_text(*app, unknown.front()) : std::string(error.what());
  return "nbcrawl: " + escape_for_terminal(text) + "\nRun with --help for more information.\n";
}

}  // namespace nbcrawl

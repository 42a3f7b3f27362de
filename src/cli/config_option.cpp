#include "cli/config_option.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/read_whole.hpp"
#include "cli/option_types.hpp"
#include "cli/settings_file.hpp"
#include "cli/usage_error.hpp"

namespace nbcrawl {

namespace {

constexpr std::size_t max_file_bytes = 1024 * 1024;

/// An option of the app, and what the file says of it.
struct Setting {
  CLI::Option* option;
  const FileOption* from_file;
};

bool is_flag(const CLI::Option& option) { return option.get_items_expected_min() == 0; }

bool takes_many(const CLI::Option& option) {
  return option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
}

/// The option of that name. Throws where there is none, or it can't have those values.
CLI::Option* find_option(CLI::App& app, const FileOption& from_file) {
  const std::string name = (from_file.name.size() == 1 ? "-" : "--") + from_file.name;
  CLI::Option* option = app.get_option_no_throw(name);
  if (option == nullptr) throw CLI::ValidationError(unknown_option_text(app, name));
  if (!option->get_configurable()) throw CLI::ValidationError(name, "it belongs on the command line");
  const std::vector<std::string>& values = from_file.values;
  if (is_flag(*option) && (values.size() != 1 || (values.front() != "true" && values.front() != "false")))
    throw CLI::ValidationError(name, "expected true or false");
  if (values.size() != 1 && !takes_many(*option)) throw CLI::ValidationError(name, "expected one value, not a list");
  return option;
}

bool is_given(const CLI::Option* option) { return option->count() > 0; }

/// The first of these that is given, or else is not; null: none.
const CLI::Option* find_given(const std::set<CLI::Option*>& options, bool given) {
  const auto found = std::ranges::find(options, given, is_given);
  return found != options.end() ? *found : nullptr;
}

/// Whether the command line has said something that this can't go with.
bool is_overruled(const CLI::Option& option) {
  return is_given(&option) || find_given(option.get_excludes(), true) != nullptr;
}

/// Throws where the file has said something before that this can't go with.
void give(const Setting& setting) {
  const std::vector<std::string>& values = setting.from_file->values;
  if (values.empty() || (is_flag(*setting.option) && values.front() == "false")) return;  // as if it were not there
  if (const auto* other = find_given(setting.option->get_excludes(), true))
    throw CLI::ValidationError(setting.option->get_name(), "it can't go with " + other->get_name());
  setting.option->add_result(values);
}

/// Throws where it is given without what it needs.
void check_needs(const Setting& setting) {
  if (!is_given(setting.option)) return;
  if (const auto* other = find_given(setting.option->get_needs(), false))
    throw CLI::ValidationError(setting.option->get_name(), "it needs " + other->get_name());
}

/// Calls `step`; what it says of an option is told with the place of the option.
template <class Step>
void at_place_of(const FileOption& option, const std::string& path, Step step) {
  try {
    step();
  } catch (const CLI::Error& error) {
    throw CLI::ValidationError(option.place.in_file(path) + error.what());
  }
}

void apply_file(CLI::App& app, const std::string& path) {
  if (path == "-") throw CLI::ValidationError("--config", "it can't be standard input");
  const auto text = read_whole(path, max_file_bytes, ErrorKind::invalid_job);
  if (!text) throw CLI::ValidationError("--config", text.error().detail);
  const auto from_file = parse_settings(*text);
  if (!from_file) throw CLI::ValidationError(from_file.error().place.in_file(path) + from_file.error().message);
  std::vector<Setting> settings;
  for (const FileOption& option : *from_file) {
    at_place_of(option, path, [&] {
      CLI::Option* const known = find_option(app, option);
      if (!is_overruled(*known)) settings.push_back({.option = known, .from_file = &option});
    });
  }
  for (const Setting& setting : settings) at_place_of(*setting.from_file, path, [&] { give(setting); });
  for (const Setting& setting : settings) at_place_of(*setting.from_file, path, [&] { check_needs(setting); });
  // Once for each option, which may stand there by both of its names: the callbacks of some add to what they were
  // given.
  std::vector<CLI::Option*> done;
  for (const Setting& setting : settings) {
    if (!is_given(setting.option) || std::ranges::find(done, setting.option) != done.end()) continue;
    done.push_back(setting.option);
    at_place_of(*setting.from_file, path, [&] { setting.option->run_callback(); });
  }
}

}  // namespace

void add_config_option(CLI::App& app, std::string& target) {
  app.add_option_function<std::string>(
         "--config",
         [&app, &target](const std::string& path) {
           target = path;
           apply_file(app, path);
         },
         "Read options from this TOML file, under [fetch]; the command line wins")
      ->type_name("FILE")
      ->check(not_empty())
      ->configurable(false);
}

}  // namespace nbcrawl

#pragma once

#include <CLI/App.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "nbcrawl/job.hpp"
#include "nbcrawl/options.hpp"
#include "sinks/record_field.hpp"

namespace nbcrawl {

/// A value that is not "", which most likely is a shell variable that was never set.
const CLI::Validator& not_empty();
/// A value that `parse`, which returns a Result, has nothing against.
template <class Parse>
CLI::Validator good_for(Parse parse) {
  const auto complaint = [parse](const std::string& text) {
    const auto parsed = parse(text);
    return parsed ? std::string() : parsed.error().detail;
  };
  return {complaint, ""};
}
/// A size above zero.
const CLI::Validator& above_zero();
/// A size of at most `bytes`.
CLI::Validator at_most(std::uint64_t bytes);

// Options whose values have a syntax of ours. Each sets its target while the command line is parsed.

CLI::Option* add_file_option(CLI::App& app, const std::string& names, std::string& target, const std::string& help);

/// Which whole numbers an option takes, both ends included.
struct CountRange {
  std::uint64_t least;
  std::uint64_t most;
};
/// Transfers at once: far more than the system has descriptors or local ports for.
inline constexpr CountRange transfers{.least = 1, .most = 1'000'000};

/// The number that `text` is. Throws CLI::ValidationError where it is none in that range.
std::uint64_t parse_count(const std::string& names, const std::string& text, CountRange range);
template <class T>
CLI::Option* add_count_option(CLI::App& app, const std::string& names, T& target, CountRange range,
                              const std::string& help) {
  const auto parse = [&target, names, range](const std::string& text) {
    target = static_cast<T>(parse_count(names, text, range));
  };
  CLI::Option* option = app.add_option_function<std::string>(names, parse, help)->type_name("N");
  if constexpr (std::is_arithmetic_v<T>) option->default_str(std::to_string(target));
  return option;
}

CLI::Option* add_duration_option(CLI::App& app, const std::string& names, std::chrono::milliseconds& target,
                                 const std::string& help);
/// N a second, kept as the gap between two; N/s, N/m and N/h are rates too.
CLI::Option* add_rate_option(CLI::App& app, const std::string& names, std::chrono::microseconds& gap,
                             const std::string& help);
CLI::Option* add_gap_option(CLI::App& app, const std::string& names, std::chrono::microseconds& gap,
                            const std::string& help);
CLI::Option* add_size_option(CLI::App& app, const std::string& names, std::uint64_t& target, const std::string& help);
CLI::Option* add_header_option(CLI::App& app, std::vector<Header>& target);
/// Statuses of redirects and errors, separated by commas: 429,503.
CLI::Option* add_retry_statuses_option(CLI::App& app, std::vector<int>& target);
/// Statuses and ranges of them, separated by commas: 200,300-399.
CLI::Option* add_accept_option(CLI::App& app, std::vector<StatusRange>& target);
/// N, or a share of the jobs that are done: P%.
CLI::Option* add_max_errors_option(CLI::App& app, std::optional<ErrorBudget>& target);
/// Names of a record's fields, separated by commas.
CLI::Option* add_fields_option(CLI::App& app, std::vector<RecordField>& target);
CLI::Option* add_method_option(CLI::App& app, std::string& target);
CLI::Option* add_credentials_option(CLI::App& app, std::string& target);
/// -b and -c.
void add_cookie_options(CLI::App& app, Options& target);
/// One of a few words, each of which stands for a value; the default is what `target` holds.
template <class T>
CLI::Option* add_choice_option(CLI::App& app, const std::string& names, T& target, const std::string& help,
                               const std::vector<std::pair<std::string, T>>& choices) {
  std::string words;
  std::string initial;
  for (const auto& [word, value] : choices) {
    words.append(words.empty() ? "" : "|").append(word);
    if (value == target) initial = " [" + word + "]";
  }
  const auto parse = [&target, names, choices, words](const std::string& text) {
    const auto chosen =
        std::find_if(choices.begin(), choices.end(), [&](const auto& one) { return one.first == text; });
    if (chosen == choices.end()) throw CLI::ValidationError(names, "'" + text + "' is not one of " + words);
    target = chosen->second;
  };
  return app.add_option_function<std::string>(names, parse, help)->option_text(words + initial);
}
/// N, or "auto" for as many as there are processors.
CLI::Option* add_threads_option(CLI::App& app, std::size_t& target);
CLI::Option* add_multiplexer_option(CLI::App& app, MultiplexerChoice& target);

}  // namespace nbcrawl

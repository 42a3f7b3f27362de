#include "cli/option_types.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <functional>
#include <string_view>
#include <thread>

#include "base/ascii.hpp"
#include "base/quantity.hpp"
#include "http/request.hpp"
#include "jobs/field_values.hpp"

namespace nbcrawl {

namespace {

/// Far more than processors that would be worth while.
constexpr std::size_t max_threads = 256;

std::string print(std::chrono::milliseconds duration) {
  const auto ms = duration.count();
  return ms % 1000 == 0 ? std::to_string(ms / 1000) + "s" : std::to_string(ms) + "ms";
}

std::string print(std::uint64_t bytes) {
  if (bytes == 0) return "0";
  if (bytes % (1024 * 1024 * 1024) == 0) return std::to_string(bytes / (1024 * 1024 * 1024)) + "G";
  if (bytes % (1024 * 1024) == 0) return std::to_string(bytes / (1024 * 1024)) + "M";
  if (bytes % 1024 == 0) return std::to_string(bytes / 1024) + "k";
  return std::to_string(bytes);
}

/// All of the text as a whole number of at most `largest`.
template <class Integer>
std::optional<Integer> whole_number(std::string_view text, Integer largest) {
  Integer value{};
  const char* const end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data(), end, value);
  if (text.empty() || failed != std::errc() || stopped != end || value < 0 || value > largest) return std::nullopt;
  return value;
}

/// Calls `take` with each part of a list that commas separate, until it says that one is no good. Whether all were
/// good.
bool take_parts(std::string_view list, const std::function<bool(std::string_view)>& take) {
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    if (!take(trim_blanks(list.substr(begin, end - begin)))) return false;
    begin = end + 1;
  }
  return true;
}

std::optional<StatusRange> status_range(std::string_view text) {
  const std::size_t dash = std::min(text.find('-'), text.size());
  const auto first = whole_number(text.substr(0, dash), 999);
  const auto last = dash == text.size() ? first : whole_number(text.substr(dash + 1), 999);
  if (!first || !last || *first < 100 || *last < *first) return std::nullopt;
  return StatusRange{.first = *first, .last = *last};
}

/// Throws where no request may have that field.
void add_field(std::vector<Header>& target, const std::string& option, Header field) {
  if (const auto good = RequestWriter::create({}, {field}, {}); !good)
    throw CLI::ValidationError(option, good.error().detail);
  target.push_back(std::move(field));
}

}  // namespace

const CLI::Validator& not_empty() {
  static const CLI::Validator check(
      [](const std::string& text) { return std::string(text.empty() ? "it is empty" : ""); }, "");
  return check;
}

const CLI::Validator& above_zero() {
  static const CLI::Validator check(
      [](const std::string& text) { return std::string(parse_size(text) == 0 ? "it is zero" : ""); }, "");
  return check;
}

CLI::Validator at_most(std::uint64_t bytes) {
  return {[bytes](const std::string& text) { return parse_size(text) > bytes ? "it is above " + print(bytes) : ""; },
          ""};
}

CLI::Option* add_file_option(CLI::App& app, const std::string& names, std::string& target, const std::string& help) {
  return app.add_option(names, target, help)->type_name("FILE")->check(not_empty());
}

std::uint64_t parse_count(const std::string& names, const std::string& text, CountRange range) {
  const auto number = whole_number(text, range.most);
  if (number && *number >= range.least) return *number;
  throw CLI::ValidationError(names, "'" + text + "' is not a whole number from " + std::to_string(range.least) +
                                        " to " + std::to_string(range.most));
}

CLI::Option* add_duration_option(CLI::App& app, const std::string& names, std::chrono::milliseconds& target,
                                 const std::string& help) {
  const auto parse = [&target, names](const std::string& text) {
    const auto duration = parse_duration(text);
    if (!duration || duration->count() == 0)
      throw CLI::ValidationError(names, "'" + text + "' is not a duration such as 500ms, 10s or 2m");
    target = *duration;
  };
  return app.add_option_function<std::string>(names, parse, help)->type_name("DURATION")->default_str(print(target));
}

CLI::Option* add_rate_option(CLI::App& app, const std::string& names, std::chrono::microseconds& gap,
                             const std::string& help) {
  const auto parse = [&gap, names](const std::string& text) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::string_view unit = std::string_view(text).substr(slash);
    const double seconds = unit.empty() || unit == "/s" ? 1 : unit == "/m" ? 60 : unit == "/h" ? 3600 : 0;
    double count = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + slash, count);
    if (failed != std::errc() || end != text.data() + slash || !(count > 0) || seconds == 0 ||
        seconds / count > 86'400) {
      throw CLI::ValidationError(names, "'" + text + "' is not a rate such as 10, 0.5/s or 30/m");
    }
    const std::chrono::duration<double> wanted(seconds / count);
    gap = std::max(gap, std::chrono::duration_cast<std::chrono::microseconds>(wanted));  // see add_gap_option()
  };
  return app.add_option_function<std::string>(names, parse, help)->type_name("N[/s|/m|/h]");
}

CLI::Option* add_gap_option(CLI::App& app, const std::string& names, std::chrono::microseconds& gap,
                            const std::string& help) {
  const auto parse = [&gap, names](const std::string& text) {
    const auto duration = parse_duration(text);
    if (!duration) throw CLI::ValidationError(names, "'" + text + "' is not a duration such as 500ms, 10s or 2m");
    gap = std::max(gap, std::chrono::microseconds(*duration));  // beside --host-rate the stricter one holds
  };
  return app.add_option_function<std::string>(names, parse, help)->type_name("DURATION");
}

CLI::Option* add_size_option(CLI::App& app, const std::string& names, std::uint64_t& target, const std::string& help) {
  const auto parse = [&target, names](const std::string& text) {
    const auto size = parse_size(text);
    if (!size) throw CLI::ValidationError(names, "'" + text + "' is not a size such as 4096, 64k or 10M");
    target = *size;
  };
  return app.add_option_function<std::string>(names, parse, help)->type_name("SIZE")->default_str(print(target));
}

CLI::Option* add_header_option(CLI::App& app, std::vector<Header>& target) {
  const auto parse = [&target](const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
      const std::size_t colon = line.find(':');
      if (colon == std::string::npos) throw CLI::ValidationError("--header", "a field is NAME: VALUE");
      add_field(
          target, "--header",
          {.name = line.substr(0, colon), .value = std::string(trim_blanks(std::string_view(line).substr(colon + 1)))});
    }
  };
  return app
      .add_option_function<std::vector<std::string>>(
          "-H,--header", parse, "Field sent with every request; one without a value takes ours away; may be repeated")
      ->type_name("NAME: VALUE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

CLI::Option* add_retry_statuses_option(CLI::App& app, std::vector<int>& target) {
  const auto parse = [&target](const std::string& text) {
    std::vector<int> statuses;
    const auto take = [&](std::string_view part) {
      const auto status = whole_number(part, 599);
      statuses.push_back(status.value_or(0));
      return statuses.back() >= 300;
    };
    if (!take_parts(text, take)) {
      throw CLI::ValidationError("--retry-on-http-error",
                                 "'" + text + "' is not a list of statuses from 300 to 599 such as 429,503");
    }
    target = std::move(statuses);
  };
  std::string initial;
  for (const int status : target) initial.append(initial.empty() ? "" : ",").append(std::to_string(status));
  return app.add_option_function<std::string>("--retry-on-http-error", parse, "Statuses that are tried again")
      ->type_name("STATUS,...")
      ->default_str(initial);
}

CLI::Option* add_accept_option(CLI::App& app, std::vector<StatusRange>& target) {
  const auto parse = [&target](const std::string& text) {
    const auto take = [&target](std::string_view part) {
      const auto range = status_range(part);
      if (range) target.push_back(*range);
      return range.has_value();
    };
    if (!take_parts(text, take))
      throw CLI::ValidationError("--accept", "'" + text + "' is not a list of statuses such as 200,300-399");
  };
  return app.add_option_function<std::string>("--accept", parse, "Any other status fails its job")
      ->type_name("STATUS[-STATUS],...");
}

CLI::Option* add_max_errors_option(CLI::App& app, std::optional<ErrorBudget>& target) {
  const auto parse = [&target](const std::string& text) {
    const bool is_percent = text.ends_with('%');
    const auto most = whole_number<std::uint64_t>(std::string_view(text).substr(0, text.size() - (is_percent ? 1 : 0)),
                                                  is_percent ? 100 : UINT64_MAX);
    if (!most)
      throw CLI::ValidationError("--max-errors", "'" + text + "' is not a number such as 10 or a share such as 5%");
    target = ErrorBudget{.most = *most, .is_percent = is_percent};
  };
  return app
      .add_option_function<std::string>(
          "--max-errors", parse, "Once more jobs failed, start no further one; P% of those done, from the 20th on")
      ->type_name("N|P%");
}

CLI::Option* add_fields_option(CLI::App& app, std::vector<RecordField>& target) {
  const auto parse = [&target](const std::string& text) {
    auto fields = parse_record_fields(text);
    if (!fields) throw CLI::ValidationError("--fields", fields.error().detail);
    target = std::move(*fields);
  };
  return app.add_option_function<std::string>("--fields", parse, "Fields of a record, in this order")
      ->type_name("NAME,...")
      ->check(not_empty());
}

CLI::Option* add_method_option(CLI::App& app, std::string& target) {
  const auto parse = [&target](const std::string& text) {
    auto method = normal_method(text);
    if (!method) throw CLI::ValidationError("--request", "'" + text + "' is not an HTTP method, or is CONNECT");
    target = std::move(*method);
  };
  return app.add_option_function<std::string>("-X,--request", parse, "Method of jobs that name none")
      ->type_name("METHOD");
}

CLI::Option* add_credentials_option(CLI::App& app, std::string& target) {
  const auto parse = [&target](const std::string& text) {
    // What was given is not repeated: most likely it is a password.
    if (!text.contains(':')) throw CLI::ValidationError("--user", "USER:PASSWORD has a ':' in it");
    target = text;
  };
  return app
      .add_option_function<std::string>("-u,--user", parse,
                                        "Basic credentials for the origin of each job; those in its URL win")
      ->type_name("USER:PASSWORD");
}

void add_cookie_options(CLI::App& app, Options& target) {
  const auto parse = [&target](const std::vector<std::string>& values) {
    for (const std::string& value : values) {
      // As with curl: what has a '=' is cookies, nothing is a jar that begins empty, and anything else a file.
      if (value.contains('=')) {
        add_field(target.headers, "--cookie", {.name = "Cookie", .value = value});
        continue;
      }
      target.cookies.keep = true;
      if (!value.empty()) target.cookies.load_files.push_back(value);
    }
  };
  app.add_option_function<std::vector<std::string>>("-b,--cookie", parse,
                                                    "Cookies for the origin of each job, or a file of them in "
                                                    "Netscape's format, which begins a jar; may be repeated")
      ->type_name("NAME=VALUE;...|FILE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  const auto save = [&target](const std::string& path) {
    target.cookies.keep = true;
    target.cookies.save_file = path;
  };
  app.add_option_function<std::string>(
         "-c,--cookie-jar", save,
         "Send back the cookies that servers set, and write them to this file in the end; - is standard "
         "output")
      ->type_name("FILE")
      ->check(not_empty());
}

CLI::Option* add_threads_option(CLI::App& app, std::size_t& target) {
  const auto parse = [&target](const std::string& text) {
    const std::optional<std::size_t> number =
        text == "auto" ? std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, max_threads)
                       : whole_number(text, max_threads);
    if (!number || *number == 0) {
      throw CLI::ValidationError(
          "--threads", "'" + text + "' is not a number from 1 to " + std::to_string(max_threads) + ", nor auto");
    }
    target = *number;
  };
  return app
      .add_option_function<std::string>(
          "--threads", parse,
          "More than 1: so many threads fetch and decode, each for its share of the hosts; auto: one a processor")
      ->type_name("N|auto")
      ->default_str(std::to_string(target));
}

CLI::Option* add_multiplexer_option(CLI::App& app, MultiplexerChoice& target) {
  return add_choice_option<MultiplexerChoice>(app, "--multiplexer", target, "What tells which sockets are ready",
                                              {{"auto", MultiplexerChoice::automatic},
                                               {"select", MultiplexerChoice::select},
                                               {"poll", MultiplexerChoice::poll},
                                               {"epoll", MultiplexerChoice::epoll}});
}

}  // namespace nbcrawl

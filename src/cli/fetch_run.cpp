#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/escape.hpp"
#include "callbacks/save_template.hpp"
#include "cli/descriptor_limit.hpp"
#include "cli/failure_lines.hpp"
#include "cli/fetch_command.hpp"
#include "cli/file_clash.hpp"
#include "cli/messages.hpp"
#include "cli/progress_display.hpp"
#include "cli/request_data.hpp"
#include "cli/resumable_run.hpp"
#include "cli/summary_line.hpp"
#include "crawl/exit_status.hpp"
#include "crawl/list_source.hpp"
#include "crawl/resolver_options.hpp"
#include "crawl/run.hpp"
#include "io/multiplexer_choice.hpp"
#include "io/signals.hpp"
#include "sinks/body_sink.hpp"
#include "sinks/jsonl_sink.hpp"
#include "sinks/result_files.hpp"

namespace nbcrawl {

namespace {

Error refused(std::string detail) {
  return {.kind = ErrorKind::invalid_job, .phase = Phase::job, .detail = std::move(detail)};
}

/// Everything one `nbcrawl fetch` is made of.
class FetchRun {
 public:
  FetchRun(const FetchSettings& settings, Messages& messages)
      : settings_(settings), messages_(messages), options_(settings.options), status_(messages, shows_bar()) {}

  Result<Summary> execute();
  StatusLine& status() noexcept { return status_; }
  [[nodiscard]] const Log& log() const noexcept { return log_; }
  /// Jobs that earlier runs have done, where this one continued them.
  [[nodiscard]] JobTotals done_before() const noexcept;

 private:
  [[nodiscard]] bool logs_to_messages() const noexcept;
  [[nodiscard]] bool shows_bar() const;
  [[nodiscard]] bool shows_progress() const { return !settings_.silent && settings_.progress != ProgressMode::none; }
  // What it is made of, in the order it is built.
  Result<> check_settings();
  Result<> open_log();
  Result<> read_data();
  Result<> open_loop();
  Result<> open_callbacks();
  Result<> open_state();
  Result<> open_source();
  Result<> open_sinks();
  Result<> open_run();
  Result<> watch_signals();
  Result<> clear_output();
  Result<> open_output();
  void warn(const std::string& what);
  Summary run();
  [[nodiscard]] std::unique_ptr<Sink> make_sink(Output& output) const;
  JobChecks make_checks();
  JobSource& source();
  [[nodiscard]] std::optional<std::uint64_t> jobs_to_do() const;
  [[nodiscard]] OwnNames own_names() const noexcept;

  const FetchSettings& settings_;
  Messages& messages_;
  Options options_;
  StatusLine status_;
  Log log_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<Resolver> resolver_;
  std::optional<OutputDirectory> directory_;
  std::optional<Callbacks> callbacks_;
  std::unique_ptr<ResumableRun> resumable_;  // null: without --state
  std::unique_ptr<ListSource> source_;
  bool names_files_ = false;  // a job read by now does
  std::unique_ptr<FdOutput> output_;
  std::vector<std::unique_ptr<Sink>> sinks_;
  OrderedSink* ordered_ = nullptr;  // one of sinks_
  std::optional<ResultFiles> files_;
  std::unique_ptr<Run> run_;
  std::unique_ptr<Signals> signals_;
  std::unique_ptr<ProgressDisplay> progress_;
  bool stopping_ = false;
};

bool FetchRun::logs_to_messages() const noexcept { return settings_.verbose || settings_.log_file == "-"; }

bool FetchRun::shows_bar() const {
  if (!shows_progress() || settings_.progress == ProgressMode::plain || logs_to_messages()) return false;
  if (settings_.progress == ProgressMode::bar) return true;
  // Drawn again and again between pages, a bar would wipe out their last lines.
  return ::isatty(STDERR_FILENO) != 0 && (!settings_.writes_standard_output() || ::isatty(STDOUT_FILENO) == 0);
}

Result<> FetchRun::open_log() {
  const bool to_messages = settings_.log_file == "-";
  LogLevel told = settings_.verbose ? LogLevel::debug : LogLevel::off;
  if (to_messages) told = std::min(told, settings_.log_level);  // beside -v each line is told once
  if (told != LogLevel::off) log_.to_function([this](std::string_view line) { messages_.write(line); }, told);
  if (to_messages || settings_.log_file.empty()) return {};
  return log_.to_file(settings_.log_file, settings_.log_level);
}

/// What is asked for is done or refused, never passed over.
Result<> FetchRun::check_settings() {
  if (auto good = check_file_clash(settings_); !good) return good;
  if (auto good = check_cookie_files(options_.cookies); !good || settings_.writes_one_stream()) return good;
  const std::string_view idle = !settings_.output_file.empty() ? "-o"
                                : settings_.null_separator     ? "-0"
                                : settings_.ordered            ? "--ordered"
                                                               : "";
  if (idle.empty()) return {};
  return std::unexpected(refused(std::string(idle) + " has nothing to do beside --output-dir without --jsonl"));
}

Result<> FetchRun::read_data() {
  if (settings_.data.empty()) return {};
  auto data = read_request_data(settings_.data, options_.limits.max_job_bytes);
  if (!data) return std::unexpected(std::move(data.error()));
  options_.body = std::move(*data);
  return {};
}

Result<> FetchRun::open_callbacks() {
  auto directory = OutputDirectory::open(settings_.output_directory.empty() ? "." : settings_.output_directory);
  if (!directory) return std::unexpected(std::move(directory.error()));
  directory_ = std::move(*directory);
  for (const auto& place : own_files(settings_)) directory_->reserve(place);
  callbacks_.emplace(&*directory_);
  return {};
}

JobChecks FetchRun::make_checks() {
  return {.callback =
              [this](std::string_view spec) {
                names_files_ = names_files_ || Callbacks::names_its_file(spec);
                return callbacks_->check(spec);
              },
          .charset = [](std::string_view label) -> Result<> {
            if (auto known = encoding_argument(label); !known) return std::unexpected(std::move(known.error()));
            return {};
          },
          .output = [this](std::string_view) -> Result<> {
            names_files_ = true;
            if (!settings_.output_directory.empty()) return {};
            return std::unexpected(refused("it has nothing to do without --output-dir"));
          },
          .body_file = body_file_check(settings_)};
}

std::unique_ptr<Sink> FetchRun::make_sink(Output& output) const {
  if (!settings_.jsonl) return std::make_unique<BodySink>(output, settings_.null_separator);
  auto fields = settings_.fields.empty() ? all_record_fields() : settings_.fields;
  return std::make_unique<JsonlSink>(output, std::move(fields), RecordStyle{.body = settings_.body});
}

Result<> FetchRun::open_sinks() {
  if (!settings_.silent) sinks_.push_back(std::make_unique<FailureLines>(status_));
  if (!settings_.output_directory.empty()) {
    files_.emplace(*directory_, [](const Job& job, std::string_view ending) {
      return expand_save_template(std::string(default_save_template).append(ending), job, job.url);
    });
  }
  if (!settings_.writes_one_stream()) return {};  // the bodies are in their files
  if (auto opened = open_output(); !opened) return opened;
  Output& output = resumable_ ? resumable_->journal().attach(*output_) : *output_;
  if (!settings_.ordered) {
    sinks_.push_back(make_sink(output));
    return {};
  }
  OrderedSink::NextIndex next_index;
  if (resumable_) next_index = [this](std::uint64_t index) { return resumable_->journal().next_open(index); };
  auto ordered =
      std::make_unique<OrderedSink>(output, [this](Output& inner) { return make_sink(inner); }, std::move(next_index));
  ordered_ = ordered.get();
  if (resumable_) resumable_->journal().attach(*ordered_);
  sinks_.push_back(std::move(ordered));
  return {};
}

Result<> FetchRun::open_output() {
  const std::string path = settings_.writes_standard_output() ? "" : settings_.output_file;
  auto output = resumable_     ? resumable_->open_output(path)
                : path.empty() ? FdOutput::borrow(*loop_, STDOUT_FILENO, "standard output")
                               : FdOutput::create(*loop_, path);
  if (!output) return std::unexpected(std::move(output.error()));
  output_ = std::move(*output);
  if (const auto bytes = resumable_ ? resumable_->cut_off() : 0; bytes > 0) {
    warn("cut off of " + path + ": " + std::to_string(bytes) + " bytes behind the last result that counts");
  }
  return settings_.jsonl ? output_->begin_line() : Result<>();
}

Result<> FetchRun::open_state() {
  if (settings_.state_file.empty()) return {};
  auto opened = ResumableRun::open(*loop_, settings_);
  if (!opened) return std::unexpected(std::move(opened.error()));
  resumable_ = std::move(*opened);
  // What goes on has the cookies that it had; else a run with nothing left to do would empty the jar. Before those of
  // -b: what the user gives wins.
  CookieOptions& cookies = options_.cookies;
  std::error_code none_there;
  const bool is_file = cookies.save_file != "-" && std::filesystem::is_regular_file(cookies.save_file, none_there);
  if (resumable_->kept_cookies_before() && is_file)
    cookies.load_files.insert(cookies.load_files.begin(), cookies.save_file);
  return {};
}

JobTotals FetchRun::done_before() const noexcept { return resumable_ ? resumable_->done_before() : JobTotals{}; }

JobSource& FetchRun::source() {
  if (!resumable_) return *source_;
  return resumable_->source(*source_, [this](const Job& job) { run_->pass_over(job); });
}

std::optional<std::uint64_t> FetchRun::jobs_to_do() const {
  const auto total = source_->total();
  return total ? std::optional(*total - std::min(*total, done_before().done())) : std::nullopt;
}

OwnNames FetchRun::own_names() const noexcept {
  if (names_files_) return OwnNames::some;
  return source_->total() ? OwnNames::none : OwnNames::unknown;
}

/// Once, in the log or on standard error.
void FetchRun::warn(const std::string& what) {
  log_.warning(what);
  if (!settings_.silent && !logs_to_messages()) status_.print_above("nbcrawl: " + escape_for_terminal(what));
}

Result<> FetchRun::open_loop() {
  if (const std::string shortage = fit_to_descriptors(options_); !shortage.empty()) warn(shortage);
  auto loop = EventLoop::create(multiplexer_kind(options_.multiplexer));
  if (!loop) return std::unexpected(std::move(loop.error()));
  loop_ = std::move(*loop);
  auto resolver_options = make_resolver_options(options_);
  if (!resolver_options) return std::unexpected(std::move(resolver_options.error()));
  auto resolver = Resolver::create(*loop_, std::move(*resolver_options));
  if (!resolver) return std::unexpected(std::move(resolver.error()));
  resolver_ = std::move(*resolver);
  return {};
}

Result<> FetchRun::open_source() {
  source_ = std::make_unique<ListSource>(
      *loop_, settings_.jobs, options_.limits, [this] { return make_checks(); },
      resumable_ ? &resumable_->list_watch() : nullptr);
  if (settings_.skip_invalid) return {};
  if (auto checked = source_->check(); !checked) return std::unexpected(std::move(checked.error()));
  return {};
}

Result<> FetchRun::open_run() {
  RunParts parts{.loop = *loop_,
                 .resolver = *resolver_,
                 .source = source(),
                 .callbacks = *callbacks_,
                 .log = log_,
                 .targets = {.ordered = ordered_,
                             .files = files_ ? &*files_ : nullptr,
                             .journal = resumable_ ? &resumable_->journal() : nullptr},
                 .skip_invalid = settings_.skip_invalid,
                 .own_names = own_names()};
  for (const auto& sink : sinks_) parts.targets.sinks.push_back(sink.get());
  if (output_) parts.targets.outputs.push_back(output_.get());
  auto run = Run::create(std::move(parts), options_);
  if (!run) return std::unexpected(std::move(run.error()));
  run_ = std::move(*run);
  return {};
}

Result<> FetchRun::watch_signals() {
  std::vector<int> asked_by{SIGINT, SIGTERM};
  // The terminal is closed. Not under nohup(1), which has it ignored.
  struct sigaction hangup{};
  if (::sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN) asked_by.push_back(SIGHUP);
  auto signals = Signals::watch(*loop_, asked_by, [this](int signal) {
    if (!settings_.silent && !std::exchange(stopping_, true))
      status_.print_above("nbcrawl: stopping; once more to stop now");
    run_->stop(signal);
  });
  if (!signals) return std::unexpected(std::move(signals.error()));
  signals_ = std::move(*signals);
  return {};
}

/// The last step: an error of those before it must not cost the results of an earlier run.
Result<> FetchRun::clear_output() {
  return !output_ || settings_.writes_standard_output() || resumable_ ? Result<>() : output_->clear();
}

Summary FetchRun::run() {
  if (shows_progress()) {
    progress_ = std::make_unique<ProgressDisplay>(*loop_, status_, shows_bar(), jobs_to_do(),
                                                  [this] { return run_->statistics(); });
  }
  Summary summary = run_->run();
  if (output_) {
    if (auto closed = output_->close(); !closed) {
      summary.error = std::move(closed.error());
      summary.exit_status = exit_status_of(summary.error->kind);
    }
  }
  if (resumable_) resumable_->finish(summary, run_->has_kept_cookies());
  return summary;
}

Result<Summary> FetchRun::execute() {
  for (const auto step :
       {&FetchRun::check_settings, &FetchRun::open_log, &FetchRun::read_data, &FetchRun::open_loop,
        &FetchRun::open_callbacks, &FetchRun::open_state, &FetchRun::open_source, &FetchRun::open_sinks,
        &FetchRun::open_run, &FetchRun::watch_signals, &FetchRun::clear_output}) {
    if (auto done = (this->*step)(); !done) return std::unexpected(std::move(done.error()));
  }
  return run();
}

/// What is left to say of a run that is over, and its exit status.
struct LastWords {
  std::string text;
  int exit_status = 0;
};

std::string complaint(const Error& error) { return "nbcrawl: " + escape_for_terminal(error.detail) + "\n"; }

LastWords fetch_all(const FetchSettings& settings, Messages& messages) {
  FetchRun fetch(settings, messages);
  const auto summary = fetch.execute();
  fetch.status().clear();
  if (!summary) return {.text = complaint(summary.error()), .exit_status = exit_status_of(summary.error().kind)};
  if (summary->stopped_by_signal != 0) messages.hurry();
  LastWords last{.text = {}, .exit_status = summary->exit_status};
  if (summary->error) last.text += complaint(*summary->error);
  if (const auto lost = fetch.log().error()) {
    last.text += complaint(*lost);
    last.exit_status = lower_status(last.exit_status, exit_status_of(lost->kind));
  }
  if (!settings.silent) last.text += summary_line(*summary, fetch.done_before()) + "\n";
  return last;
}

}  // namespace

int run_fetch(const FetchSettings& settings) {
  Messages messages;
  const LastWords last = fetch_all(settings, messages);
  // The run has given its signals back. Its last words find room however many messages came before them.
  messages.drain();
  messages.write(last.text);
  return last.exit_status;
}

}  // namespace nbcrawl

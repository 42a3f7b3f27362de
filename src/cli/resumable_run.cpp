#include "cli/resumable_run.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "crawl/exit_status.hpp"

namespace nbcrawl {

namespace {

/// Where a path leads, wherever the run is continued from; empty stays empty.
std::string absolute(const std::string& path) {
  if (path.empty()) return path;
  std::error_code ignored;  // the working folder is gone: then the path is no good elsewhere, and compared as it is
  const auto found = std::filesystem::absolute(path, ignored).lexically_normal();
  if (ignored) return path;
  return found.has_filename() ? found.string() : found.parent_path().string();  // "folder/" is "folder"
}

Error refused(std::string detail) {
  return {.kind = ErrorKind::state_failed, .phase = Phase::output, .detail = std::move(detail)};
}

/// Of a file on disk; 0: it is empty, not there, or something else.
std::uintmax_t size_on_disk(const std::string& path) {
  std::error_code none_there;
  return std::filesystem::is_regular_file(path, none_there) ? std::filesystem::file_size(path, none_there) : 0;
}

std::string switched(bool on) { return on ? "on" : ""; }

/// One text of many, each its own: what separates them, and the backslash, is escaped by one.
std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) {
    if (!all.empty()) all += ' ';
    for (const char c : text) {
      if (c == ' ' || c == '\\') all += '\\';
      all += c;
    }
  }
  return all;
}

/// As --fields takes them.
std::string names_of(const std::vector<RecordField>& fields) {
  std::string names;
  for (const RecordField& field : fields) names.append(names.empty() ? "" : ",").append(field.name);
  return names;
}

/// What decides where a result goes and what it looks like. All else may change from one run to the next.
std::vector<Setting> settings_of(const FetchSettings& settings) {
  return {{"--callback", joined(settings.options.callbacks)},
          {"--jsonl", switched(settings.jsonl)},
          {"--body", std::string(name_of(settings.body))},
          {"--fields", names_of(settings.fields)},
          {"--ordered", switched(settings.ordered)},
          {"--null", switched(settings.null_separator)},
          {"--output", settings.writes_standard_output() ? "" : absolute(settings.output_file)},
          {"--output-dir", absolute(settings.output_directory)}};
}

}  // namespace

Result<std::unique_ptr<ResumableRun>> ResumableRun::open(EventLoop& loop, const FetchSettings& settings) {
  auto state = RunState::open(settings.state_file);
  if (!state) return std::unexpected(std::move(state.error()));
  // Nothing of what follows is kept before the first result is there: a run that comes to none claims nothing.
  if (auto prepared = (*state)->prepare(); !prepared) return std::unexpected(std::move(prepared.error()));
  const std::vector<Setting> wanted = settings_of(settings);
  if (auto agreed = (*state)->agree(wanted); !agreed) return std::unexpected(std::move(agreed.error()));
  if (auto opened = settings.retry_failed ? (*state)->retry_failed() : Result<>(); !opened)
    return std::unexpected(std::move(opened.error()));
  auto list = (*state)->list_marks();
  if (!list) return std::unexpected(std::move(list.error()));
  const auto totals = (*state)->totals();
  if (!totals) return std::unexpected(totals.error());
  std::string jar = absolute(settings.options.cookies.save_file);
  const auto kept_before = (*state)->has_kept_cookies(jar);
  if (!kept_before) return std::unexpected(kept_before.error());
  return std::unique_ptr<ResumableRun>(
      new ResumableRun(loop, std::move(*state), std::move(*list), std::move(jar), *kept_before, *totals));
}

/// "> FILE" has the shell empty the file before we are started; ">> FILE" does not, whatever is there.
Result<> ResumableRun::check_standard_output(std::uint64_t written_before) const {
  struct stat status{};
  if (::fstat(STDOUT_FILENO, &status) != 0 || !S_ISREG(status.st_mode)) return {};
  const int flags = ::fcntl(STDOUT_FILENO, F_GETFL);
  if (flags < 0 || (flags & O_APPEND) != 0) return {};
  if (!std::cmp_less(::lseek(STDOUT_FILENO, 0, SEEK_CUR), written_before)) return {};
  return std::unexpected(refused("standard output is a file that lacks the " + std::to_string(written_before) +
                                 " bytes which earlier runs wrote by the state " + state_->path() +
                                 ": > empties a file each time, so use >>, or -o FILE with a new state"));
}

/// Of what earlier runs gave a pipe nothing stands in a file, and nothing in a pipe of what is in their file.
Result<> ResumableRun::check_kind(const std::string& path, std::uint64_t written_before, bool was_file) const {
  std::error_code not_there;
  const bool is_there = std::filesystem::exists(path, not_there);
  const bool is_file = !is_there || std::filesystem::is_regular_file(path, not_there);
  if (is_file == was_file || (written_before == 0 && size_on_disk(path) == 0)) return {};
  const std::string_view now = !is_there ? "not there" : is_file ? "a file" : "no file on disk";
  return std::unexpected(refused("can't write " + path + ": it is " + std::string(now) + ", and by the state " +
                                 state_->path() + " earlier runs wrote " + std::to_string(written_before) +
                                 " bytes to " + (was_file ? "one" : "a pipe or device")));
}

Result<std::unique_ptr<FdOutput>> ResumableRun::open_output(const std::string& path) {
  const auto bytes = state_->output_bytes();
  if (!bytes) return std::unexpected(bytes.error());
  if (path.empty()) {
    if (auto good = check_standard_output(bytes->value_or(0)); !good) return std::unexpected(std::move(good.error()));
    return FdOutput::borrow(loop_, STDOUT_FILENO, "standard output");
  }
  std::error_code not_both_there;
  if (std::filesystem::equivalent(path, state_->path(), not_both_there)) {
    return std::unexpected(refused(path + " can't be both the state and the output"));
  }
  const auto mark = state_->output_mark();
  if (!mark) return std::unexpected(mark.error());
  if (auto good = *bytes ? check_kind(path, **bytes, *mark != 0) : Result<>(); !good)
    return std::unexpected(std::move(good.error()));
  auto output = FdOutput::take(loop_, path);
  if (!output) return std::unexpected(std::move(output.error()));
  const std::uintmax_t size = size_on_disk(path);  // no other run changes it from now on
  if (!*bytes && size > 0) {                       // the results of a run whose state is lost, most likely
    return std::unexpected(refused("can't write " + path + ": it holds something, and by the state " + state_->path() +
                                   " no run has written to it; delete it to begin anew"));
  }
  if (size > bytes->value_or(0)) cut_off_ = size - bytes->value_or(0);
  if (auto gone_on = (*output)->go_on(bytes->value_or(0), *mark); !gone_on)
    return std::unexpected(std::move(gone_on.error()));
  return output;
}

void ResumableRun::finish(Summary& summary, bool has_kept_cookies) {
  auto finished = summary.error ? Result<>() : state_->settle();  // also where there was no result
  if (finished) finished = journal_.finish();
  if (finished) finished = state_->end_retry();
  if (has_kept_cookies && !jar_.empty()) {
    auto kept = state_->keep_cookies(jar_);
    if (finished) finished = std::move(kept);
  }
  if (!finished && !summary.error) {
    summary.error = std::move(finished.error());
    summary.exit_status = lower_status(summary.exit_status, exit_status_of(summary.error->kind));
  }
  if (!summary.stopped_by_errors)
    summary.exit_status = lower_status(summary.exit_status, done_before_.lowest_exit_status);
}

}  // namespace nbcrawl

#include "crawl/list_source.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/ascii.hpp"

namespace nbcrawl {

namespace {

/// Whatever its scheme: that it can't be fetched is for the job reader to say. A file of such a name is ./NAME.
bool is_url(std::string_view list) noexcept {
  const std::size_t scheme = list.find("://");
  if (scheme == std::string_view::npos || !is_alpha(list.front())) return false;
  const auto is_scheme_character = [](char c) { return is_alphanumeric(c) || c == '+' || c == '-' || c == '.'; };
  return std::ranges::all_of(list.substr(0, scheme), is_scheme_character);  // RFC 3986 section 3.1
}

Result<std::unique_ptr<FdInput>> open_file(EventLoop& loop, const std::string& path) {
  auto input = FdInput::open(loop, path);
  if (!input && input.error().sys_errno == ENOENT) input.error().detail += " (a URL begins with http:// or https://)";
  return input;
}

/// Whether what is read of it now is gone later.
bool is_stream(const std::string& list) {
  struct stat status{};
  return list == "-" || (::stat(list.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode));
}

/// Reads a list to its end; `feed` gives the reader more of it. Error: the first bad record, or that of `feed`.
template <class Feed>
Result<std::uint64_t> count_jobs(JobReader& reader, Feed feed) {
  for (std::uint64_t jobs = 0;;) {
    auto step = reader.next();
    if (std::holds_alternative<EndOfList>(step)) return jobs;
    if (auto* bad = std::get_if<BadRecord>(&step)) return std::unexpected(std::move(bad->error));
    if (std::holds_alternative<Job>(step)) {
      ++jobs;
    } else if (auto fed = feed(); !fed) {
      return std::unexpected(std::move(fed.error()));
    }
  }
}

std::string name_of(const std::string& list) { return list == "-" ? "standard input" : list; }

Error cut_short(const std::string& list) {
  return {
      .kind = ErrorKind::invalid_job,
      .phase = Phase::job,
      .detail = name_of(list) +
                " ends within a line: who wrote it may have been ended, so this line is not fetched; go on with the "
                "whole list, a newline at its end"};
}

constexpr const char* command_line = "command line";

}  // namespace

ListSource::ListSource(EventLoop& loop, std::vector<std::string> lists, const Limits& limits, MakeChecks make_checks,
                       ListWatch* watch)
    : loop_(loop), lists_(std::move(lists)), limits_(limits), make_checks_(std::move(make_checks)), watch_(watch) {}

Result<std::optional<std::uint64_t>> ListSource::check() {
  std::uint64_t jobs = 0;
  bool all_known = true;
  for (const std::string& list : lists_) {
    if (!is_url(list) && is_stream(list)) {
      all_known = false;
      continue;
    }
    auto counted = is_url(list) ? check_url(list) : check_file(list);
    if (!counted) return std::unexpected(std::move(counted.error()));
    jobs += *counted;
  }
  if (all_known) total_ = jobs;
  return total_;
}

Result<std::uint64_t> ListSource::check_url(const std::string& url) {
  JobReader reader(command_line, limits_, make_checks_());
  reader.feed(url);
  reader.finish();
  return count_jobs(reader, [] { return Result<>(); });
}

Result<std::uint64_t> ListSource::check_file(const std::string& path) {
  auto input = open_file(loop_, path);
  if (!input) return std::unexpected(std::move(input.error()));
  JobReader reader(path, limits_, make_checks_());
  return count_jobs(reader, [&]() -> Result<> {
    auto chunk = (*input)->read();
    if (!chunk) return std::unexpected(std::move(chunk.error()));
    if (chunk->status == InputStatus::end) {
      reader.finish();
    } else {
      reader.feed(chunk->bytes);
    }
    return {};
  });
}

JobSource::Step ListSource::next() {
  for (;;) {
    if (!reader_) {
      auto opened = open_next();
      if (!opened) return unreadable(std::move(opened.error()));
      if (!*opened) return NoMoreJobs{};
    }
    auto step = reader_->next();
    if (is_cut()) {
      reader_.reset();
      return SourceFailed{cut_short(lists_[opened_ - 1])};
    }
    if (Job* job = std::get_if<Job>(&step)) {
      job->index += first_index_;
      next_index_ = job->index + 1;
      return std::move(*job);
    }
    if (BadRecord* bad = std::get_if<BadRecord>(&step)) {
      next_index_ = first_index_ + bad->index + 1;
      if (bad->final) bad->error.detail += "; nothing behind it was read";
      return BadJob{.index = first_index_ + bad->index, .error = std::move(bad->error), .final = bad->final};
    }
    if (std::holds_alternative<EndOfList>(step)) {
      reader_.reset();
      continue;
    }
    auto more = read_more();
    if (!more) {
      reader_.reset();
      return unreadable(std::move(more.error()));
    }
    if (!*more) return NoJobYet{};
  }
}

Result<bool> ListSource::open_next() {
  if (opened_ == lists_.size()) return false;
  const std::string& list = lists_[opened_++];
  input_.reset();
  is_stream_ = false;
  first_index_ = next_index_;
  if (is_url(list)) {
    reader_.emplace(command_line, limits_, make_checks_());
    auto fed = feed(list);
    if (fed) fed = end_list();
    if (!fed) return std::unexpected(std::move(fed.error()));
    return true;
  }
  auto input = list == "-" ? FdInput::borrow(loop_, STDIN_FILENO, name_of(list)) : open_file(loop_, list);
  if (!input) return std::unexpected(std::move(input.error()));
  input_ = std::move(*input);
  struct stat status{};
  is_stream_ = ::fstat(input_->fileno(), &status) == 0 && !S_ISREG(status.st_mode);
  reader_.emplace(name_of(list), limits_, make_checks_());
  return true;
}

Result<bool> ListSource::read_more() {
  auto chunk = input_->read();
  if (!chunk) return std::unexpected(std::move(chunk.error()));
  if (chunk->status == InputStatus::would_block) return false;  // the loop wakes up when it changes, and asks again
  auto taken = chunk->status == InputStatus::end ? end_list() : feed(chunk->bytes);
  if (!taken) return std::unexpected(std::move(taken.error()));
  return true;
}

Result<> ListSource::feed(std::string_view bytes) {
  auto usable = watch_ != nullptr ? watch_->pass(bytes) : Result<std::string_view>(bytes);
  if (!usable) return std::unexpected(std::move(usable.error()));
  reader_->feed(*usable);
  return {};
}

Result<> ListSource::end_list() {
  auto rest =
      watch_ != nullptr ? watch_->end_of_list(opened_ == lists_.size(), is_stream_) : Result<std::string_view>();
  if (!rest) return std::unexpected(std::move(rest.error()));
  reader_->feed(*rest);
  reader_->finish();
  return {};
}

bool ListSource::is_cut() const noexcept { return watch_ != nullptr && is_stream_ && reader_->may_be_cut(); }

JobSource::Step ListSource::unreadable(Error error) {
  if (watch_ != nullptr) return SourceFailed{std::move(error)};
  return BadJob{.index = next_index_++, .error = std::move(error)};
}

}  // namespace nbcrawl

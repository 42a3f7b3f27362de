#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crawl/job_source.hpp"
#include "crawl/list_watch.hpp"
#include "io/event_loop.hpp"
#include "io/fd_input.hpp"
#include "jobs/job_reader.hpp"

namespace nbcrawl {

/// The jobs of one or more lists, one after the other: files, "-" for standard input, or single URLs. Each is read as
/// far as jobs are asked for, so a list of any length takes the memory of one record.
class ListSource final : public JobSource {
 public:
  /// Makes the checks of a reader; called for each list.
  using MakeChecks = std::move_only_function<JobChecks()>;

  /// `watch` is borrowed; with it a list that can't be read fails the source, since the places of the jobs behind it
  /// would be other ones than before; and so does one from a pipe that ends within a line, for a job of half a URL
  /// can't be taken back. Null: what the lists were earlier does not matter.
  ListSource(EventLoop& loop, std::vector<std::string> lists, const Limits& limits, MakeChecks make_checks,
             ListWatch* watch = nullptr);

  /// Reads each URL, and once each list that is a regular file, before anything is fetched: that it is missing, or a
  /// fault in it, is told while no harm is done. In a pipe a fault is told when it is reached. Returns the number of
  /// jobs where all lists could be read to their end. Error: the first bad record, or a file that can't be read.
  Result<std::optional<std::uint64_t>> check();

  Step next() override;
  /// How many jobs there are in all, where check() found out.
  [[nodiscard]] std::optional<std::uint64_t> total() const noexcept { return total_; }

 private:
  /// Opens the list that comes next. False: there is none.
  Result<bool> open_next();
  // Both read it whole, and count its jobs.
  Result<std::uint64_t> check_url(const std::string& url);
  Result<std::uint64_t> check_file(const std::string& path);
  /// Reads more of the list; false: nothing is there yet.
  Result<bool> read_more();
  Result<> feed(std::string_view bytes);
  Result<> end_list();
  Step unreadable(Error error);
  [[nodiscard]] bool is_cut() const noexcept;

  EventLoop& loop_;
  std::vector<std::string> lists_;
  Limits limits_;
  MakeChecks make_checks_;
  ListWatch* watch_;
  std::size_t opened_ = 0;
  std::unique_ptr<FdInput> input_;  // null: a single URL, which is all fed
  bool is_stream_ = false;          // it is a pipe or the like
  std::optional<JobReader> reader_;
  std::uint64_t first_index_ = 0;  // of the list being read
  std::uint64_t next_index_ = 0;
  std::optional<std::uint64_t> total_;
};

}  // namespace nbcrawl

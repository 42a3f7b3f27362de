#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "jobs/job_parser.hpp"
#include "jobs/record_splitter.hpp"
#include "nbcrawl/error.hpp"
#include "nbcrawl/job.hpp"
#include "nbcrawl/limits.hpp"

namespace nbcrawl {

/// A record of a job list that is no job.
struct BadRecord {
  Error error;          ///< invalid_job; its detail begins with file:line:column
  std::uint64_t index;  ///< that a job in its place would have
  bool final;           ///< nothing behind it can be read
};

/// Reads a job list (docs/job-list.md) as it arrives. No I/O: bytes are fed, jobs are asked for:
///
///     while (!std::holds_alternative<EndOfList>(step = reader.next())) { ... NeedInput: reader.feed(...) ... }
///
/// A job comes out as soon as its record's last byte (of a plain line: its newline) was fed. Memory is bounded by one
/// record (Limits::max_job_bytes) and the last piece fed. A program that stops at the first bad record just asks no
/// more.
class JobReader {
 public:
  using Step = std::variant<NeedInput, EndOfList, Job, BadRecord>;

  /// `file_name` is what errors call the list.
  JobReader(std::string file_name, const Limits& limits, JobChecks checks = {})
      : file_name_(std::move(file_name)), splitter_(limits), parser_(std::move(checks)) {}

  void feed(std::string_view bytes) { splitter_.feed(bytes); }
  /// Says that no more bytes come.
  void finish() noexcept { splitter_.finish(); }
  /// The next job, its index set, or what stands in its place. Behind a bad record the reader goes on with the next
  /// one unless the error is final; each counts as one index.
  Step next();
  /// Whether what next() gave last is the last line of a plain list, without a newline: who wrote the list may have
  /// been ended within it.
  [[nodiscard]] bool may_be_cut() const noexcept { return may_be_cut_; }

 private:
  Step read(const ListRecord& record);
  std::optional<Fault> parse(const ListRecord& record, Job& job);
  Step bad_record(TextPosition position, std::string_view message, bool final);
  Step bad_record(const ListRecord& record, const Fault& fault);

  std::string file_name_;
  RecordSplitter splitter_;
  JobParser parser_;
  std::uint64_t next_index_ = 0;
  bool ended_ = false;
  bool may_be_cut_ = false;
};

}  // namespace nbcrawl

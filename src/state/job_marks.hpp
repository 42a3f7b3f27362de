#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "state/database.hpp"
#include "state/job_mark.hpp"

namespace nbcrawl {

/// How many jobs of a list are done, and how.
struct JobTotals {
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  int lowest_exit_status = 0;         ///< of those that failed; 0: none
  std::uint64_t perhaps_written = 0;  ///< begun or opened anew, and not done

  [[nodiscard]] std::uint64_t done() const noexcept { return succeeded + failed; }
};

/// The marks of all jobs, a byte each by the job's place in the list, in a table of blocks that fill a page each: ten
/// million jobs take 10 MB, and a run changes few blocks at a time. Only those are in memory.
/// Errors are of kind state_failed.
class JobMarks {
 public:
  /// The database is borrowed.
  explicit JobMarks(Database& database) : database_(database) {}

  static constexpr const char* schema =
      "CREATE TABLE job_block (number INTEGER PRIMARY KEY, marks BLOB NOT NULL, checksum BLOB NOT NULL)";

  Result<JobMark> get(std::uint64_t index);
  Result<> set(std::uint64_t index, JobMark mark);
  /// The first job from `index` on that is not done.
  Result<std::uint64_t> next_open(std::uint64_t index);
  /// Writes what was set, within the transaction that is open.
  Result<> store();
  /// Reads all of them, and finds out whether they are whole. What was set and not stored is not seen.
  Result<JobTotals> totals();
  /// Marks those that failed perhaps_written, within the transaction that is open.
  Result<> reopen_failed();
  /// Forgets what was set: the transaction that should have stored it has failed.
  void forget() noexcept { blocks_.clear(); }

 private:
  struct Block {
    std::string marks;
    bool changed = false;
  };

  Result<Block*> block(std::uint64_t number);
  Result<std::optional<std::string>> read(std::uint64_t number);
  Result<> write(std::uint64_t number, const std::string& marks);
  /// The marks in the row of `statement`, whose columns are number, marks, checksum.
  [[nodiscard]] Result<std::string> checked(const Statement& row) const;

  Database& database_;
  std::map<std::uint64_t, Block> blocks_;
  std::optional<Statement> read_;
  std::optional<Statement> write_;
};

}  // namespace nbcrawl

#include "state/job_marks.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/sha256.hpp"

namespace nbcrawl {

namespace {

constexpr std::uint64_t jobs_a_block = 4000;  // with its checksum and SQLite's own bytes not quite a page of 4096
constexpr std::size_t blocks_kept = 8;

/// SQLite notices a page that is out of order, not a byte of ours that is another.
std::string checksum_of(std::uint64_t number, std::string_view marks) {
  Sha256 hash;
  hash.update(std::to_string(number));
  hash.update(marks);
  return hash.digest().substr(0, 8);
}

}  // namespace

Result<JobMark> JobMarks::get(std::uint64_t index) {
  auto found = block(index / jobs_a_block);
  if (!found) return std::unexpected(std::move(found.error()));
  return JobMark::from_byte((*found)->marks[index % jobs_a_block]);
}

Result<> JobMarks::set(std::uint64_t index, JobMark mark) {
  auto found = block(index / jobs_a_block);
  if (!found) return std::unexpected(std::move(found.error()));
  (*found)->marks[index % jobs_a_block] = mark.byte();
  (*found)->changed = true;
  return {};
}

Result<std::uint64_t> JobMarks::next_open(std::uint64_t index) {
  for (;; ++index) {
    const auto mark = get(index);
    if (!mark) return std::unexpected(mark.error());
    if (!mark->is_done()) return index;
  }
}

Result<> JobMarks::store() {
  for (auto& [number, block] : blocks_) {
    if (!block.changed) continue;
    if (auto written = write(number, block.marks); !written) return written;
    block.changed = false;
  }
  while (blocks_.size() > blocks_kept) blocks_.erase(blocks_.begin());
  return {};
}

Result<JobTotals> JobMarks::totals() {
  auto rows = database_.prepare("SELECT number, marks, checksum FROM job_block");
  if (!rows) return std::unexpected(std::move(rows.error()));
  JobTotals totals;
  for (;;) {
    const auto more = rows->next_row();
    if (!more) return std::unexpected(more.error());
    if (!*more) return totals;
    const auto marks = checked(*rows);
    if (!marks) return std::unexpected(marks.error());
    for (const char byte : *marks) {
      const JobMark mark = JobMark::from_byte(byte);
      if (mark.is_perhaps_written()) ++totals.perhaps_written;
      if (!mark.is_done()) continue;
      const int status = mark.exit_status();
      ++(status == 0 ? totals.succeeded : totals.failed);
      if (status != 0 && (totals.lowest_exit_status == 0 || status < totals.lowest_exit_status))
        totals.lowest_exit_status = status;
    }
  }
}

Result<> JobMarks::reopen_failed() {
  const auto blocks = database_.integer("SELECT coalesce(max(number) + 1, 0) FROM job_block");
  if (!blocks) return std::unexpected(blocks.error());
  for (std::uint64_t number = 0; std::cmp_less(number, *blocks); ++number) {
    auto marks = read(number);
    if (!marks) return std::unexpected(std::move(marks.error()));
    std::optional<std::string>& stored = *marks;
    if (!stored) continue;
    bool changed = false;
    for (char& byte : *stored) {
      const JobMark mark = JobMark::from_byte(byte);
      if (!mark.is_done() || mark.exit_status() == 0) continue;
      byte = JobMark::perhaps_written().byte();
      changed = true;
    }
    if (auto written = changed ? write(number, *stored) : Result<>(); !written) return written;
  }
  blocks_.clear();
  return {};
}

Result<JobMarks::Block*> JobMarks::block(std::uint64_t number) {
  if (const auto found = blocks_.find(number); found != blocks_.end()) return &found->second;
  auto marks = read(number);
  if (!marks) return std::unexpected(std::move(marks.error()));
  // What is not changed can be read again; what is changed is stored before long.
  if (blocks_.size() > blocks_kept) std::erase_if(blocks_, [](const auto& entry) { return !entry.second.changed; });
  Block& block = blocks_[number];
  block.marks = std::move(*marks).value_or(std::string(jobs_a_block, JobMark().byte()));
  return &block;
}

Result<std::optional<std::string>> JobMarks::read(std::uint64_t number) {
  if (!read_) {
    auto statement = database_.prepare("SELECT number, marks, checksum FROM job_block WHERE number = ?");
    if (!statement) return std::unexpected(std::move(statement.error()));
    read_ = std::move(*statement);
  }
  read_->bind(1, static_cast<std::int64_t>(number));
  const auto found = read_->next_row();
  if (!found) return std::unexpected(found.error());
  if (!*found) return std::nullopt;
  auto marks = checked(*read_);
  if (auto rest = read_->run(); !rest)
    return std::unexpected(std::move(rest.error()));  // there is none; it ends the query
  if (!marks) return std::unexpected(std::move(marks.error()));
  return std::move(*marks);
}

Result<> JobMarks::write(std::uint64_t number, const std::string& marks) {
  if (!write_) {
    auto statement = database_.prepare("INSERT OR REPLACE INTO job_block (number, marks, checksum) VALUES (?, ?, ?)");
    if (!statement) return std::unexpected(std::move(statement.error()));
    write_ = std::move(*statement);
  }
  const std::string checksum = checksum_of(number, marks);
  write_->bind(1, static_cast<std::int64_t>(number));
  write_->bind_blob(2, marks);
  write_->bind_blob(3, checksum);
  return write_->run();
}

Result<std::string> JobMarks::checked(const Statement& row) const {
  const std::string_view marks = row.bytes(1);
  if (marks.size() == jobs_a_block && row.bytes(2) == checksum_of(static_cast<std::uint64_t>(row.integer(0)), marks))
    return std::string(marks);
  return std::unexpected(Error{.kind = ErrorKind::state_failed,
                               .phase = Phase::job,
                               .detail = "can't use the state " + database_.path() + ": it is damaged"});
}

}  // namespace nbcrawl

#include "crawl/result_writer.hpp"

#include <algorithm>
#include <utility>

#include "crawl/exit_status.hpp"

namespace nbcrawl {

ResultWriter::ResultWriter(ResultTargets targets, const Limits& limits)
    : targets_(std::move(targets)),
      max_output_bytes_(limits.max_output_bytes),
      max_reorder_bytes_(limits.max_reorder_bytes) {}

void ResultWriter::write(const Record& record) {
  count(record, targets_.journal == nullptr ? pass_on(record) : pass_on_once(record));
}

bool ResultWriter::pass_on(const Record& record) {
  for (Sink* sink : targets_.sinks) {
    if (error_ || stopped_) return false;
    note(sink->write(record));
  }
  return !error_;
}

bool ResultWriter::pass_on_once(Record record) {
  // What was cut short has its record when the run is continued.
  if (!record.ok() && record.error->kind == ErrorKind::interrupted) return true;
  note(targets_.journal->begin());
  record.replayed = targets_.journal->is_perhaps_written(record.index);
  const bool is_written = pass_on(record);
  if (is_written) targets_.journal->finished(record);
  return is_written;
}

void ResultWriter::advance() {
  for (const FdOutput* output : targets_.outputs) note(output->check());
  if (targets_.journal != nullptr) note(targets_.journal->flush());
}

void ResultWriter::flush() {
  for (FdOutput* output : targets_.outputs) note(output->flush());
}

void ResultWriter::finish() {
  for (Sink* sink : targets_.sinks) {
    if (error_ || stopped_) break;
    note(sink->finish());
  }
  if (targets_.journal != nullptr) targets_.journal->hurry();
}

Result<> ResultWriter::check_taken() const {
  for (const FdOutput* output : targets_.outputs) {
    if (auto taken = output->check_taken(); !taken) return taken;
  }
  return {};
}

std::size_t ResultWriter::pending_bytes() const noexcept {
  std::size_t most = targets_.journal != nullptr ? targets_.journal->pending_bytes() : 0;
  for (const FdOutput* output : targets_.outputs) most = std::max(most, output->pending_bytes());
  return most;
}

bool ResultWriter::is_congested() noexcept {
  congested_ = pending_bytes() > (congested_ ? max_output_bytes_ / 2 : max_output_bytes_);
  return congested_;
}

std::optional<std::uint64_t> ResultWriter::only_due() const noexcept {
  if (targets_.ordered == nullptr || targets_.ordered->held_bytes() <= max_reorder_bytes_) return std::nullopt;
  return targets_.ordered->next_due();
}

void ResultWriter::count(const Record& record, bool is_written) noexcept {
  if (record.ok() && is_written) {
    ++succeeded_;
    return;
  }
  ++failed_;
  // What a signal cut short is told by the signal's own status, what can't be written by the run's error.
  if (record.ok() || record.error->kind == ErrorKind::interrupted) return;
  lowest_status_ = lower_status(lowest_status_, exit_status_of(record.error->kind));
}

void ResultWriter::note(Result<> done) {
  if (!done && !error_) error_ = std::move(done.error());
}

}  // namespace nbcrawl

#include "crawl/run_journal.hpp"

#include <algorithm>
#include <iterator>

#include "crawl/exit_status.hpp"

namespace nbcrawl {

Output& RunJournal::attach(FdOutput& output) {
  if (output.is_own_file()) {
    file_ = &output;
    return output;
  }
  return batch_.emplace(output);
}

Result<> RunJournal::begin() {
  if (std::exchange(begun_, true)) return {};
  const auto before = state_.output_bytes();
  if (!before) return std::unexpected(before.error());
  batched_before_ = before->value_or(0);
  StateChanges claim;
  if (auto claimed = file_ != nullptr ? add_file(claim) : Result<>(); !claimed) return claimed;
  if (auto added = state_.commit(claim); !added) return added;
  return state_.settle();
}

std::uint64_t RunJournal::next_open(std::uint64_t index) {
  auto next = state_.next_open(index);
  if (next) return *next;
  note(std::unexpected(std::move(next.error())));
  return index;
}

bool RunJournal::is_perhaps_written(std::uint64_t index) {
  auto mark = state_.mark(index);
  if (mark) return mark->is_perhaps_written();
  note(std::unexpected(std::move(mark.error())));
  return true;
}

void RunJournal::finished(const Record& record) {
  const int status = record.ok() ? exit_status::success : exit_status_of(record.error->kind);
  finished_.emplace_back(record.index, JobMark::done(status));
  if (!due_) set_due();
}

Result<> RunJournal::flush() {
  if (!error_ && is_due()) note(commit());
  if (error_) return std::unexpected(*error_);
  return {};
}

bool RunJournal::is_due() const noexcept {
  if (finished_.empty() && let_go_.empty()) return false;
  return in_a_hurry_ || !due_ || loop_.now() >= *due_ || (batch_ && batch_->batch_bytes() >= batch_bytes);
}

void RunJournal::set_due() {
  due_ = loop_.now() + commit_interval;
  wake_up_.arm(*due_);
}

Result<> RunJournal::commit() {
  if (batch_) {
    if (auto good = batch_->check(); !good) return good;
    if (!batch_->is_taken()) return {};
  }
  due_.reset();
  wake_up_.disarm();
  std::vector<Marked> written = take_written();
  auto done = batch_ ? commit_batch(*batch_, std::move(written)) : commit_file(written);
  if (!let_go_.empty() || !finished_.empty()) set_due();
  return done;
}

Result<> RunJournal::commit_file(const std::vector<Marked>& written) {
  if (auto flushed = file_ != nullptr ? file_->flush() : Result<>(); !flushed) return flushed;
  const std::vector<ListMark> list = list_.take_marks();
  StateChanges changes{.jobs = written, .list = list};
  if (auto added = file_ != nullptr ? add_file(changes) : Result<>(); !added) return added;
  return state_.commit(changes);
}

Result<> RunJournal::add_file(StateChanges& changes) const {
  const auto mark = file_->mark();
  if (!mark) return std::unexpected(mark.error());
  changes.output_bytes = file_->position();
  changes.output_mark = *mark;
  return {};
}

Result<> RunJournal::commit_batch(BatchedOutput& output, std::vector<Marked> batch) {
  std::vector<Marked> jobs = std::move(let_go_);
  std::ranges::transform(batch, std::back_inserter(jobs),
                         [](const Marked& job) { return Marked(job.first, JobMark::perhaps_written()); });
  const std::vector<ListMark> list = list_.take_marks();
  const std::uint64_t written = batched_before_ + output.taken_bytes();
  if (auto committed = state_.commit({.jobs = jobs, .list = list, .output_bytes = written}); !committed)
    return committed;
  let_go_ = std::move(batch);
  return output.let_go();
}

std::vector<RunJournal::Marked> RunJournal::take_written() {
  if (ordered_ == nullptr) return std::exchange(finished_, {});
  const auto held =
      std::ranges::partition(finished_, [due = ordered_->next_due()](const Marked& job) { return job.first < due; });
  std::vector<Marked> written(finished_.begin(), held.begin());
  finished_.erase(finished_.begin(), held.begin());
  return written;
}

void RunJournal::hurry() {
  in_a_hurry_ = true;
  finished_ = take_written();  // what was held for order and came to nothing is not done
}

Result<> RunJournal::finish() {
  hurry();
  // Two times, since a batch is done with in the commit after the one that let it go.
  for (int i = 0; i < 2; ++i) {
    if (auto flushed = flush(); !flushed) return flushed;
  }
  return {};
}

std::size_t RunJournal::pending_bytes() const noexcept {
  if (!batch_) return 0;
  const std::size_t held = ordered_ != nullptr ? std::min(ordered_->held_results(), finished_.size()) : 0;
  return batch_->pending_bytes() + (finished_.size() - held) * sizeof(Marked);
}

void RunJournal::note(Result<> done) {
  if (!done && !error_) error_ = std::move(done.error());
}

}  // namespace nbcrawl

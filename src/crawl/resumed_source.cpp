#include "crawl/resumed_source.hpp"

#include <optional>
#include <utility>

namespace nbcrawl {

namespace {

constexpr int skipped_at_once = 10'000;  // some milliseconds: signals and progress are not to wait for a long list

std::optional<std::uint64_t> index_of(const JobSource::Step& step) noexcept {
  if (const Job* job = std::get_if<Job>(&step)) return job->index;
  if (const BadJob* bad = std::get_if<BadJob>(&step)) return bad->index;
  return std::nullopt;
}

}  // namespace

JobSource::Step ResumedSource::next() {
  for (int skipped = 0; skipped < skipped_at_once; ++skipped) {
    Step step = list_.next();
    const auto index = index_of(step);
    if (!index) return step;
    auto mark = state_.mark(*index);
    if (!mark) return SourceFailed{std::move(mark.error())};
    if (!mark->is_done()) return step;
    BadJob* const bad = std::get_if<BadJob>(&step);
    if (bad != nullptr && bad->final) return SourceFailed{std::move(bad->error)};
    if (bad == nullptr && on_done_) on_done_(*std::get_if<Job>(&step));
  }
  loop_.pass_again();
  return NoJobYet{};
}

}  // namespace nbcrawl

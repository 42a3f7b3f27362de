#include "cli/progress_display.hpp"

#include <algorithm>
#include <utility>

#include "cli/shown_quantity.hpp"

namespace nbcrawl {

namespace {

constexpr milliseconds bar_interval{100};
constexpr milliseconds plain_interval{5'000};

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

ProgressDisplay::ProgressDisplay(EventLoop& loop, StatusLine& status, bool as_bar, std::optional<std::uint64_t> total,
                                 GetStatistics statistics)
    : loop_(loop),
      status_(status),
      as_bar_(as_bar),
      total_(total),
      statistics_(std::move(statistics)),
      ticked_at_(Clock::now()),
      timer_(loop.timers(), [this] { tick(); }) {
  timer_.arm(ticked_at_ + (as_bar_ ? bar_interval : plain_interval));
}

void ProgressDisplay::tick() {
  const Statistics now = statistics_();
  const TimePoint at = loop_.now();
  const double current = static_cast<double>(now.done() - done_before_) / std::max(seconds(at - ticked_at_), 1e-3);
  rate_ = rate_ == 0 ? current : 0.8 * rate_ + 0.2 * current;
  done_before_ = now.done();
  ticked_at_ = at;
  if (as_bar_) {
    status_.show(line(now));
  } else {
    status_.print_above("nbcrawl: " + line(now));
  }
  timer_.arm(at + (as_bar_ ? bar_interval : plain_interval));
}

std::string ProgressDisplay::line(const Statistics& now) const {
  std::string text;
  if (total_ && *total_ > 0) {
    const double share = std::min(1.0, static_cast<double>(now.done()) / static_cast<double>(*total_));
    if (as_bar_) {
      constexpr std::size_t width = 20;
      const auto full = static_cast<std::size_t>(share * width);
      text += "[" + std::string(full, '#') + std::string(width - full, '.') + "] ";
    }
    text += std::to_string(now.done()) + "/" + std::to_string(*total_);
  } else {
    text += std::to_string(now.done()) + " done";
  }
  text += ", " + shown_number("%.0f/s", rate_) + ", " + shown_bytes(now.body_bytes) + ", " +
          std::to_string(now.failed) + " failed, " + std::to_string(now.active) + " active";
  if (total_ && rate_ > 0 && now.done() < *total_) {
    text += ", " + shown_duration(static_cast<double>(*total_ - now.done()) / rate_) + " left";
  }
  return text;
}

}  // namespace nbcrawl

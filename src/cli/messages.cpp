#include "cli/messages.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/escape.hpp"

namespace nbcrawl {

namespace {

constexpr milliseconds bar_interval{100};
constexpr milliseconds plain_interval{5'000};

void print(const std::string& text) {
  // A message that can't be written has no place to be reported either.
  [[maybe_unused]] const auto written = std::fwrite(text.data(), 1, text.size(), stderr);
}

std::size_t terminal_width() {
  if (const char* columns = std::getenv("COLUMNS")) {
    if (const long width = std::strtol(columns, nullptr, 10); width > 0) return static_cast<std::size_t>(width);
  }
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

std::string format(const char* pattern, double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), pattern, value);
  return text.data();
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
  return format(unit == 0 ? "%.0f " : "%.1f ", value) + units[unit];
}

std::string duration_text(double seconds) {
  if (seconds < 60) return format("%.1f s", seconds);
  const auto whole = static_cast<std::uint64_t>(seconds);
  const auto two_digits = [](std::uint64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return std::to_string(whole / 3600) + ":" + two_digits(whole / 60 % 60) + ":" + two_digits(whole % 60);
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

void StatusLine::show(std::string text) {
  if (!enabled_) return;
  text.resize(std::min(text.size(), terminal_width() - 1));
  if (text == shown_) return;
  shown_ = std::move(text);
  print("\r\x1b[K" + shown_);
}

void StatusLine::clear() {
  if (shown_.empty()) return;
  shown_.clear();
  print("\r\x1b[K");
}

void StatusLine::print_above(const std::string& line) {
  const std::string status = std::exchange(shown_, {});
  print((status.empty() ? "" : "\r\x1b[K") + line + "\n");
  show(status);
}

Result<> FailureLines::write(const Record& record) {
  if (record.ok()) return {};
  const std::string subject = record.job != nullptr ? std::string(record.job->url.href()) + ": " : "";
  status_.print_above("nbcrawl: " + escape_for_terminal(subject + record.error->detail) + " (" + std::string(code(record.error->kind)) + ")");
  return {};
}

Progress::Progress(EventLoop& loop, StatusLine& status, bool as_bar, std::optional<std::uint64_t> total, GetStatistics statistics)
    : loop_(loop), status_(status), as_bar_(as_bar), total_(total), statistics_(std::move(statistics)), ticked_at_(Clock::now()),
      timer_(loop.timers(), [this] { tick(); }) {
  timer_.arm(ticked_at_ + (as_bar_ ? bar_interval : plain_interval));
}

void Progress::tick() {
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

std::string Progress::line(const Statistics& now) const {
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
  text += ", " + format("%.0f/s", rate_) + ", " + bytes_text(now.body_bytes) + ", " + std::to_string(now.failed) + " failed, " +
          std::to_string(now.active) + " active";
  if (total_ && rate_ > 0 && now.done() < *total_) {
    text += ", " + duration_text(static_cast<double>(*total_ - now.done()) / rate_) + " left";
  }
  return text;
}

std::string summary_line(const Summary& summary) {
  const double elapsed = std::max(seconds(summary.elapsed), 1e-6);
  const std::uint64_t done = summary.succeeded + summary.failed;
  std::string text = "nbcrawl: " + std::to_string(summary.succeeded) + " of " + std::to_string(done) + " jobs succeeded";
  if (summary.failed > 0) text += ", " + std::to_string(summary.failed) + " failed";
  text += "; " + bytes_text(summary.body_bytes) + " in " + duration_text(elapsed) + " (" + format("%.0f", static_cast<double>(done) / elapsed) +
          " jobs/s), " + std::to_string(summary.connections) + (summary.connections == 1 ? " connection" : " connections");
  if (summary.stopped_by_signal != 0) text += "; stopped by signal " + std::to_string(summary.stopped_by_signal);
  return text;
}

}  // namespace nbcrawl

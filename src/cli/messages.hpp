#pragma once

#include <memory>
#include <string>

#include "crawl/statistics.hpp"
#include "io/event_loop.hpp"
#include "nbcrawl/crawler.hpp"
#include "nbcrawl/sink.hpp"

namespace nbcrawl {

/// The line on the terminal that is drawn again and again. Other messages go above it. Standard error only.
class StatusLine {
 public:
  explicit StatusLine(bool enabled) : enabled_(enabled) {}
  ~StatusLine() { clear(); }
  /// Draws it anew, cut to the terminal's width.
  void show(std::string text);
  void clear();
  /// Prints a line of its own above.
  void print_above(const std::string& line);

 private:
  bool enabled_;
  std::string shown_;
};

/// Prints a line for each failed job: its URL and the cause.
class FailureLines final : public Sink {
 public:
  explicit FailureLines(StatusLine& status) : status_(status) {}
  Result<> write(const Record& record) override;
  Result<> finish() override { return {}; }

 private:
  StatusLine& status_;
};

/// Shows how far the run is: a bar that is redrawn, or a plain line from time to time.
class Progress {
 public:
  using GetStatistics = std::move_only_function<Statistics() const>;
  Progress(EventLoop& loop, StatusLine& status, bool as_bar, std::optional<std::uint64_t> total, GetStatistics statistics);

 private:
  void tick();
  [[nodiscard]] std::string line(const Statistics& now) const;

  EventLoop& loop_;
  StatusLine& status_;
  bool as_bar_;
  std::optional<std::uint64_t> total_;
  GetStatistics statistics_;
  std::uint64_t done_before_ = 0;
  TimePoint ticked_at_;
  double rate_ = 0;
  Timer timer_;
};

/// The last line of a run.
std::string summary_line(const Summary& summary);

}  // namespace nbcrawl

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "cli/status_line.hpp"
#include "crawl/statistics.hpp"
#include "io/event_loop.hpp"

namespace nbcrawl {

/// Shows how far the run is: a bar that is redrawn, or a plain line from time to time.
class ProgressDisplay {
 public:
  using GetStatistics = std::move_only_function<Statistics() const>;
  ProgressDisplay(EventLoop& loop, StatusLine& status, bool as_bar, std::optional<std::uint64_t> total,
                  GetStatistics statistics);

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

}  // namespace nbcrawl

#pragma once

#include <optional>

#include "fetch/pause.hpp"
#include "io/event_loop.hpp"

namespace nbcrawl {

/// How long a connection has carried out requests, pauses left out. Requests that it lets wait meanwhile wait for their
/// turn, not for the server. Owned by the connection.
class BusyTime {
 public:
  BusyTime(const EventLoop& loop, const Pause& pause) noexcept : loop_(loop), pause_(pause) {}

  void set_busy(bool is_busy) noexcept {
    if (is_busy == since_.has_value()) return;
    total_before_ = total();
    since_ = is_busy ? std::optional(now()) : std::nullopt;
  }
  /// All times together.
  [[nodiscard]] Duration total() const noexcept {
    return total_before_ + (since_ ? now() - *since_ : Duration::zero());
  }

 private:
  /// On a clock that stands in pauses.
  [[nodiscard]] Duration now() const noexcept { return loop_.now().time_since_epoch() - pause_.total(); }

  const EventLoop& loop_;
  const Pause& pause_;
  std::optional<Duration> since_;  // null: it has nothing to do
  Duration total_before_{};
};

}  // namespace nbcrawl

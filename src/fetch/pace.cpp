#include "fetch/pace.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace nbcrawl {

namespace {

/// However low the limit is: heads do not count.
constexpr std::size_t least_head_portion = 512;

using seconds = std::chrono::duration<double>;

/// No more than the number can hold: what is above it is undefined.
std::uint64_t bytes_in(std::uint64_t a_second, Duration time) {
  constexpr double beyond = 0x1p64;
  const double bytes = static_cast<double>(a_second) * seconds(time).count();
  return bytes < beyond ? static_cast<std::uint64_t>(bytes) : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace

Pace::Pace(EventLoop& loop, const Pause& pause, const PaceLimits& limits, const std::uint64_t& received_bytes,
           OnTooSlow on_too_slow)
    : loop_(loop),
      pause_(pause),
      limits_(limits),
      received_bytes_(received_bytes),
      on_too_slow_(std::move(on_too_slow)),
      window_(loop.timers(), [this] { end_window(); }) {}

void Pace::expect() {
  if (limits_.least > 0) begin_window();
}

void Pace::begin() {
  begun_ = true;
  begin_ = loop_.now();
}

std::size_t Pace::allowance() const noexcept {
  if (limits_.most == 0) return std::numeric_limits<std::size_t>::max();
  // The head, and what comes with it of the body.
  if (!begun_) return std::max(least_head_portion, static_cast<std::size_t>(bytes_in(limits_.most, portion_time)));
  const std::uint64_t allowed = bytes_in(limits_.most, loop_.now() - begin_ + portion_time);
  return allowed > received_bytes_ ? static_cast<std::size_t>(allowed - received_bytes_) : 0;
}

void Pace::begin_window() {
  window_begin_ = loop_.now();
  window_paused_ = pause_.total();
  window_received_ = received_bytes_;
  window_.arm(window_begin_ + limits_.least_time);
}

void Pace::end_window() {
  // Time in which nothing was read because nobody took our results is not the server's.
  const TimePoint due = window_begin_ + limits_.least_time + (pause_.total() - window_paused_);
  if (due > loop_.now()) return window_.arm(std::max(due, loop_.now() + portion_time));
  const std::uint64_t received = received_bytes_ - window_received_;
  if (received < bytes_in(limits_.least, limits_.least_time)) return on_too_slow_(received);
  begin_window();
}

}  // namespace nbcrawl

#include "fetch/pace.hpp"

#include <algorithm>
#include <limits>

#include "fetch/transfer.hpp"

namespace nbcrawl {

namespace {

using seconds = std::chrono::duration<double>;

/// Bytes are let through in portions of so much time: often enough to be even, seldom enough to cost nothing.
constexpr milliseconds portion_time{50};

std::uint64_t bytes_in(std::uint64_t a_second, Duration time) {
  return static_cast<std::uint64_t>(static_cast<double>(a_second) * seconds(time).count());
}

}  // namespace

Pace::Pace(Transfer& transfer, EventLoop& loop, const PaceLimits& limits)
    : transfer_(transfer),
      loop_(loop),
      limits_(limits),
      window_(loop.timers(), [this] { end_window(); }),
      rest_(loop.timers(), [this] { transfer_.go_on_reading(); }) {}

void Pace::expect() {
  if (limits_.least > 0) begin_window();
}

void Pace::begin() {
  begun_ = true;
  begin_ = loop_.now();
}

std::size_t Pace::allowance() {
  if (limits_.most == 0 || !begun_) return std::numeric_limits<std::size_t>::max();
  const std::uint64_t allowed = bytes_in(limits_.most, loop_.now() - begin_ + portion_time);
  const std::uint64_t received = transfer_.exchange().received_bytes;
  if (allowed > received) return static_cast<std::size_t>(allowed - received);
  rest_.arm(loop_.now() + portion_time);
  return 0;
}

void Pace::begin_window() {
  window_begin_ = loop_.now();
  window_paused_ = transfer_.paused_time();
  window_received_ = transfer_.exchange().received_bytes;
  window_.arm(window_begin_ + limits_.least_time);
}

void Pace::end_window() {
  // Time in which nothing was read because nobody took our results is not the server's.
  const TimePoint due = window_begin_ + limits_.least_time + (transfer_.paused_time() - window_paused_);
  if (due > loop_.now()) return window_.arm(std::max(due, loop_.now() + portion_time));
  const std::uint64_t received = transfer_.exchange().received_bytes - window_received_;
  if (received < bytes_in(limits_.least, limits_.least_time)) return transfer_.on_too_slow(received);
  begin_window();
}

}  // namespace nbcrawl

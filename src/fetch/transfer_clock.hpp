#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/attempt.hpp"
#include "fetch/busy_time.hpp"
#include "fetch/pause.hpp"
#include "io/event_loop.hpp"

namespace nbcrawl {

enum class TransferState : std::uint8_t { idle, resolving, connecting, handshaking, waiting, receiving, done };

[[nodiscard]] std::string_view name(TransferState state) noexcept;

/// When a step must be done, and what it was allowed.
struct Deadline {
  TimePoint due;
  std::chrono::milliseconds allowed{};
};

/// What a transfer is doing, and how long it may. Pauses are not the server's fault: deadlines move by their length.
/// Nor does time count in which other requests keep the transfer from being sent.
class TransferClock {
 public:
  TransferClock(const EventLoop& loop, const Pause& pause) noexcept : loop_(loop), pause_(pause) {}

  /// The request begins; `before`: spent by the job's earlier ones. `connect_timeout` is for all from the first look-up
  /// to `waiting`, again where the request is sent again; `max_time` for the whole job.
  void start(const TimeSpent& before, std::chrono::milliseconds connect_timeout,
             std::chrono::milliseconds max_time) noexcept;
  void enter(TransferState next) noexcept;
  /// The request waits for its turn on a connection: until release() the clock stands while that is `busy`, which must
  /// last as long.
  void hold(const BusyTime& busy) noexcept;
  /// It need not wait any more. Returns how long the clock stood.
  Duration release() noexcept;
  [[nodiscard]] bool is_held() const noexcept { return busy_ != nullptr; }

  [[nodiscard]] TransferState state() const noexcept { return state_; }
  [[nodiscard]] TimePoint started() const noexcept { return started_ + stood(); }
  /// In this state.
  [[nodiscard]] Duration in_state() const noexcept { return loop_.now() - entered_; }
  /// By the job.
  [[nodiscard]] TimeSpent spent() const noexcept { return {.elapsed = elapsed(), .paused = paused()}; }
  [[nodiscard]] Duration elapsed() const noexcept { return loop_.now() - job_started_ - stood(); }
  /// Of the step under way.
  [[nodiscard]] Deadline deadline() const noexcept {
    const Deadline whole{.due = job_started_ + stood() + max_time_ + paused(), .allowed = max_time_};
    if (!is_connecting(state_)) return whole;
    const Deadline connect{.due = connect_started_ + connect_timeout_ + paused(), .allowed = connect_timeout_};
    return connect.due < whole.due ? connect : whole;
  }

 private:
  [[nodiscard]] static bool is_connecting(TransferState state) noexcept {
    return state == TransferState::resolving || state == TransferState::connecting ||
           state == TransferState::handshaking;
  }
  [[nodiscard]] Duration paused() const noexcept { return pause_.total() - paused_before_; }
  /// In the hold under way.
  [[nodiscard]] Duration stood() const noexcept;

  const EventLoop& loop_;
  const Pause& pause_;
  TransferState state_ = TransferState::idle;
  TimePoint started_;               // as job_started_, later by the times in which the clock stood
  TimePoint entered_;               // the state
  TimePoint connect_started_;       // the job's pauses reckoned out
  TimePoint job_started_;           // earlier requests reckoned in
  Duration paused_before_{};        // the pause's total when the job began
  const BusyTime* busy_ = nullptr;  // holds it
  Duration busy_before_{};          // its total when the hold began
  std::chrono::milliseconds connect_timeout_{};
  std::chrono::milliseconds max_time_{};
};

}  // namespace nbcrawl

#include "fetch/transfer_clock.hpp"

#include <algorithm>

#include "base/quantity.hpp"

namespace nbcrawl {

std::string_view name(TransferState state) noexcept {
  switch (state) {
    case TransferState::idle: return "idle";
    case TransferState::resolving: return "resolving";
    case TransferState::connecting: return "connecting";
    case TransferState::handshaking: return "handshaking";
    case TransferState::waiting: return "waiting";
    case TransferState::receiving: return "receiving";
    case TransferState::done: break;
  }
  return "done";
}

void TransferClock::start(const TimeSpent& before, std::chrono::milliseconds connect_timeout,
                          std::chrono::milliseconds max_time) noexcept {
  started_ = loop_.now();
  job_started_ = started_ - before.elapsed;
  paused_before_ = pause_.total() - before.paused;
  connect_timeout_ = bounded(connect_timeout);
  max_time_ = bounded(max_time);
}

void TransferClock::enter(TransferState next) noexcept {
  if (is_connecting(next) && !is_connecting(state_)) connect_started_ = loop_.now() - paused();
  state_ = next;
  entered_ = loop_.now();
}

void TransferClock::hold(const BusyTime& busy) noexcept {
  busy_ = &busy;
  busy_before_ = busy.total();
}

Duration TransferClock::release() noexcept {
  if (busy_ == nullptr) return {};
  const Duration stood_for = stood();
  busy_ = nullptr;
  started_ += stood_for;
  job_started_ += stood_for;
  entered_ = loop_.now();
  return stood_for;
}

Duration TransferClock::stood() const noexcept {
  // The loop's time is a pass old, a pause's is not: the difference may be below 0 by so much.
  return busy_ != nullptr ? std::max(busy_->total() - busy_before_, Duration::zero()) : Duration::zero();
}

}  // namespace nbcrawl

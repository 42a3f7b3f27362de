#include "io/event_loop.hpp"

#include <sys/select.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace nbcrawl {

namespace {

/// epoll's answer for a regular file, /dev/null and other files that know no readiness.
bool is_always_ready(const Error& refusal) noexcept { return refusal.sys_errno == EPERM; }

}  // namespace

Registration::Registration(Registration&& other) noexcept
    : loop_(std::exchange(other.loop_, nullptr)), token_(other.token_) {}

Registration& Registration::operator=(Registration&& other) noexcept {
  if (this != &other) {
    reset();
    loop_ = std::exchange(other.loop_, nullptr);
    token_ = other.token_;
  }
  return *this;
}

void Registration::reset() noexcept {
  if (EventLoop* loop = std::exchange(loop_, nullptr)) loop->unwatch(token_);
}

Result<> Registration::set_interest(Interest interest) { return loop_->set_interest(token_, interest); }

Result<std::unique_ptr<EventLoop>> EventLoop::create(std::optional<MultiplexerKind> kind) {
  auto multiplexer = make_multiplexer(kind.value_or(MultiplexerKind::select));
  if (!multiplexer) return std::unexpected(std::move(multiplexer.error()));
  return std::unique_ptr<EventLoop>(new EventLoop(std::move(*multiplexer), !kind));
}

EventLoop::EventLoop(std::unique_ptr<Multiplexer> multiplexer, bool automatic)
    : multiplexer_(std::move(multiplexer)), automatic_(automatic) {}

EventLoop::~EventLoop() {
  // Tasks and retired objects may own registrations and timers of this very loop.
  posted_.clear();
  destroy_retired();
}

Result<Registration> EventLoop::watch(Pollable& pollable, Interest interest) {
  const int fd = pollable.fileno();
  if (automatic_ && multiplexer_->kind() == MultiplexerKind::select &&
      (watched_ >= select_is_enough || fd >= FD_SETSIZE)) {
    // Where epoll is not to be had, select goes on as far as it can.
    if (auto moved = move_to_epoll(); !moved && fd >= FD_SETSIZE) return std::unexpected(std::move(moved.error()));
  }
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_slots_.back();
  Slot& slot = slots_[index];
  const Token token{.slot = index, .generation = slot.generation};
  if (auto added = multiplexer_->add(fd, interest, token); !added) {
    if (!is_always_ready(added.error())) return std::unexpected(std::move(added.error()));
    always_ready_.push_back(index);
  }
  free_slots_.pop_back();
  slot.pollable = &pollable;
  slot.fd = fd;
  slot.interest = interest;
  ++watched_;
  return Registration(*this, token);
}

Result<> EventLoop::set_interest(Token token, Interest interest) {
  Slot& slot = slots_[token.slot];
  if (slot.interest == interest) return {};
  const bool is_multiplexed = std::find(always_ready_.begin(), always_ready_.end(), token.slot) == always_ready_.end();
  auto modified = is_multiplexed ? multiplexer_->modify(slot.fd, interest, token) : Result<>();
  if (modified) slot.interest = interest;
  return modified;
}

void EventLoop::unwatch(Token token) noexcept {
  Slot& slot = slots_[token.slot];
  multiplexer_->remove(slot.fd);
  std::erase(always_ready_, token.slot);
  slot = {.generation = slot.generation + 1};
  free_slots_.push_back(token.slot);
  --watched_;
}

Result<> EventLoop::move_to_epoll() {
  auto epoll = make_multiplexer(MultiplexerKind::epoll);
  if (!epoll) return std::unexpected(std::move(epoll.error()));
  std::vector<std::uint32_t> always_ready;
  for (std::uint32_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    if (slot.pollable == nullptr) continue;
    const Token token{.slot = i, .generation = slot.generation};
    if (auto added = (*epoll)->add(slot.fd, slot.interest, token); !added) {
      if (!is_always_ready(added.error())) return added;
      always_ready.push_back(i);
    }
  }
  multiplexer_ = std::move(*epoll);
  always_ready_ = std::move(always_ready);
  return {};
}

Result<> EventLoop::run_once(bool no_wait) {
  std::optional<Duration> timeout;
  const auto wants_something = [this](std::uint32_t slot) { return slots_[slot].interest != Interest{}; };
  if (no_wait || !posted_.empty() || std::any_of(always_ready_.begin(), always_ready_.end(), wants_something)) {
    timeout = Duration::zero();
  } else if (const auto next = timers_.next()) {
    timeout = *next - Clock::now();
  }
  auto waited = wait(timeout);
  const TimePoint before = std::exchange(now_, Clock::now());
  gathering_.note(ready_.size(), now_ - before);
  if (waited) {
    report_always_ready();
    dispatch();
  }
  // Also where the wait has failed: who hears of that ends what is under way by a task, in a further pass.
  timers_.run_due(now_);
  run_posted();
  destroy_retired();
  return waited;
}

Result<> EventLoop::wait(std::optional<Duration> timeout) {
  const Duration gathering = gathering_.time();
  if (gathering == Duration::zero() || (timeout && *timeout <= gathering)) return multiplexer_->wait(timeout, ready_);
  if (auto looked = multiplexer_->wait(Duration::zero(), ready_); !looked || !ready_.empty()) return looked;
  Clock::sleep_for(gathering);
  if (timeout) *timeout -= gathering;
  return multiplexer_->wait(timeout, ready_);
}

void EventLoop::report_always_ready() {
  for (const std::uint32_t i : always_ready_) {
    const auto [readable, writable] = slots_[i].interest;
    if (!readable && !writable) continue;
    ready_.push_back(
        {.token = {.slot = i, .generation = slots_[i].generation}, .readable = readable, .writable = writable});
  }
}

void EventLoop::dispatch() {
  for (const Ready& report : ready_) {
    // An earlier handler of this pass may have ended the registration, or reused its slot.
    const Slot& slot = slots_[report.token.slot];
    if (slot.pollable == nullptr || slot.generation != report.token.generation) continue;
    slot.pollable->on_ready(report.readable, report.writable);
  }
}

void EventLoop::run_posted() {
  // Only what was posted before: a task that posts again waits for the next pass, so this ends.
  auto tasks = std::exchange(posted_, {});
  for (auto& task : tasks) task();
}

void EventLoop::destroy_retired() {
  // By index: a destructor may retire further objects, which moves the vector.
  for (std::size_t i = 0; i < retired_.size(); ++i) {  // NOLINT(modernize-loop-convert)
    const auto last_owner = std::move(retired_[i]);
  }
  retired_.clear();
}

}  // namespace nbcrawl

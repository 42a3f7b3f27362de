#include "schedule/schedule.hpp"

#include <algorithm>
#include <utility>

namespace nbcrawl {

namespace {

constexpr std::size_t max_spare_hosts = 256;
constexpr std::size_t max_spare_key_bytes = 256;  // a host's name is shorter, a job's own key may be very long

auto is_of(std::uint64_t index) noexcept {
  return [index](const Attempt& attempt) { return attempt.job.index == index; };
}

}  // namespace

std::string_view Schedule::key_of(const Attempt& attempt) noexcept {
  if (attempt.job.options != nullptr && !attempt.job.options->key.empty()) return attempt.job.options->key;
  return attempt.url().host();
}

void Schedule::add(Attempt attempt) {
  Entry& entry = entry_of(key_of(attempt));
  ++waiting_;
  waiting_bytes_ += bytes_beside(attempt);
  entry.second.queue.push_back(std::move(attempt));
  if (entry.second.place == Place::patient) set_aside(entry);  // the longer its queue, the less patient it is
  place(entry);
}

void Schedule::add_at(Attempt attempt, TimePoint when) {
  ++waiting_;
  waiting_bytes_ += bytes_beside(attempt);
  later_.emplace(when, std::move(attempt));
}

void Schedule::hold(std::string_view key, TimePoint until) {
  Entry& entry = entry_of(key);
  Host& host = entry.second;
  if (until <= host.not_before) return;
  // It sleeps though nothing may wait: the moment must not be forgotten with the host's last attempt.
  host.not_before = until;
  set_aside(entry);
  host.place = Place::sleeping;
  host.wakes_at = sleeping_.emplace(until, &entry);
}

void Schedule::set_aside(Entry& entry) {
  Host& host = entry.second;
  switch (std::exchange(host.place, Place::aside)) {
    case Place::aside: break;
    case Place::ready: ready_.erase(host.ready_at); break;
    case Place::sleeping: sleeping_.erase(host.wakes_at); break;
    case Place::patient: patient_.erase(host.wakes_at); break;
  }
}

std::optional<Attempt> Schedule::next(TimePoint now, std::string_view preferred) {
  wake(now);
  if (ready_.empty() || now < not_before_) return std::nullopt;
  if (Entry* const entry = preferred_entry(preferred)) {
    ++entry->second.in_a_row;
    return start_from(*entry, now);
  }
  Entry& entry = *ready_.front();
  entry.second.in_a_row = 0;
  return start_from(entry, now);
}

/// The host of that key, where it may start something before its turn.
Schedule::Entry* Schedule::preferred_entry(std::string_view key) {
  if (key.empty()) return nullptr;
  const auto found = hosts_.find(key);
  if (found == hosts_.end()) return nullptr;
  const Host& host = found->second;
  return host.place == Place::ready && host.in_a_row < policy_.in_a_row ? &*found : nullptr;
}

std::optional<Attempt> Schedule::next_if(std::uint64_t index, TimePoint now) {
  wake(now);
  if (now < not_before_) return std::nullopt;
  for (Entry* const entry : ready_) {
    auto& queue = entry->second.queue;
    const auto due = std::ranges::find_if(queue, is_of(index));
    if (due == queue.end()) continue;
    queue.splice(queue.begin(), queue, due);
    return start_from(*entry, now);
  }
  return std::nullopt;
}

std::size_t Schedule::under_way(std::string_view key) const noexcept {
  const auto found = hosts_.find(key);
  return found != hosts_.end() ? found->second.under_way : 0;
}

void Schedule::share_connection(std::string_view key) noexcept {
  if (const auto found = hosts_.find(key); found != hosts_.end()) found->second.width = policy_.per_host;
}

void Schedule::release(std::string_view key, TimePoint now) {
  const auto found = hosts_.find(key);
  if (found == hosts_.end()) return;
  Host& host = found->second;
  --host.under_way;
  host.progress_at = now;
  host.has_ended_any = true;
  if (host.place == Place::patient) set_aside(*found);
  place(*found, now);
}

std::optional<TimePoint> Schedule::wakeup() const noexcept {
  std::optional<TimePoint> earliest;
  const auto consider = [&earliest](TimePoint when) { earliest = earliest ? std::min(*earliest, when) : when; };
  if (!ready_.empty()) consider(not_before_);
  if (!sleeping_.empty()) consider(std::max(sleeping_.begin()->first, not_before_));
  if (!patient_.empty()) consider(std::max(patient_.begin()->first, not_before_));
  if (!later_.empty()) consider(std::max(later_.begin()->first, not_before_));
  return earliest;
}

std::optional<TimePoint> Schedule::wakeup_if(std::uint64_t index) const {
  for (const auto& [when, attempt] : later_) {
    if (attempt.job.index == index) return std::max(when, not_before_);
  }
  for (const auto& [key, host] : hosts_) {
    if (std::ranges::none_of(host.queue, is_of(index))) continue;
    switch (host.place) {
      case Place::aside: return std::nullopt;
      case Place::ready: return not_before_;
      case Place::sleeping:
      case Place::patient: return std::max(host.wakes_at->first, not_before_);
    }
  }
  return std::nullopt;
}

Schedule::Entry& Schedule::entry_of(std::string_view key) {
  if (const auto found = hosts_.find(key); found != hosts_.end()) return *found;
  if (spare_hosts_.empty()) return *hosts_.try_emplace(std::string(key)).first;
  auto node = std::move(spare_hosts_.back());
  spare_hosts_.pop_back();
  node.key() = key;
  return *hosts_.insert(std::move(node)).position;
}

/// Puts a host that stands aside where it belongs now.
void Schedule::place(Entry& entry, TimePoint now) {
  Host& host = entry.second;
  if (host.place != Place::aside) return;
  if (host.queue.empty() || host.under_way >= policy_.per_host) return forget_if_idle(entry);
  if (const TimePoint until = patient_until(host); until > now) {
    host.place = Place::patient;
    host.wakes_at = patient_.emplace(until, &entry);
    return;
  }
  host.place = Place::ready;
  host.ready_at = ready_.insert(ready_.end(), &entry);
}

/// Until when a host's next attempt waits for one of its connections, though the limit would allow another one: as long
/// as attempts end at a pace at which the last one that waits will have waited no longer than `patience`. A queue as
/// long as is read ahead is only the beginning of a longer one: that is worth all connections. Before its first attempt
/// has ended a host has shown no pace: that one had its connection to open, as another one would have. It is given a
/// quarter of `patience` at least.
TimePoint Schedule::patient_until(const Host& host) const noexcept {
  const std::size_t waiting = host.queue.size();
  const bool has_connection = host.under_way < std::max<std::size_t>(host.width, 1);
  if (has_connection || waiting >= policy_.in_a_row || policy_.patience == Duration::zero() ||
      policy_.host_gap > Duration::zero())
    return TimePoint::min();
  return host.progress_at + policy_.patience / (host.has_ended_any ? waiting : std::min<std::size_t>(waiting, 4));
}

void Schedule::forget_if_idle(Entry& entry) {
  if (!entry.second.queue.empty() || entry.second.under_way > 0) return;
  auto node = hosts_.extract(hosts_.find(entry.first));
  if (spare_hosts_.size() == max_spare_hosts || node.key().capacity() > max_spare_key_bytes) return;
  node.mapped() = {};
  spare_hosts_.push_back(std::move(node));
}

void Schedule::wake(TimePoint now) {
  while (!later_.empty() && later_.begin()->first <= now) {
    Attempt attempt = std::move(later_.begin()->second);
    later_.erase(later_.begin());
    --waiting_;
    waiting_bytes_ -= bytes_beside(attempt);
    add(std::move(attempt));
  }
  while (!sleeping_.empty() && sleeping_.begin()->first <= now) {
    Entry& entry = *sleeping_.begin()->second;
    set_aside(entry);
    place(entry, now);
  }
}

void Schedule::lose_patience(TimePoint now) {
  while (!patient_.empty() && patient_.begin()->first <= now) {
    Entry& entry = *patient_.begin()->second;
    set_aside(entry);
    place(entry, now);
  }
}

Attempt Schedule::start_from(Entry& entry, TimePoint now) {
  Host& host = entry.second;
  Attempt attempt = std::move(host.queue.front());
  host.queue.pop_front();
  --waiting_;
  waiting_bytes_ -= bytes_beside(attempt);
  if (++host.under_way == 1) host.progress_at = now;
  host.width = std::max(host.width, host.under_way);
  not_before_ = now + policy_.gap;
  const bool may_go_on = policy_.host_gap == Duration::zero() && !host.queue.empty() &&
                         host.under_way < policy_.per_host && patient_until(host) <= now;
  if (may_go_on) {
    ready_.splice(ready_.end(), ready_, host.ready_at);  // to the back: hosts take turns
    return attempt;
  }
  set_aside(entry);
  if (policy_.host_gap > Duration::zero()) hold(entry.first, now + policy_.host_gap);
  if (host.place == Place::aside && !host.queue.empty()) place(entry, now);
  return attempt;
}

}  // namespace nbcrawl

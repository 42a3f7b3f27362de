#include "schedule/schedule.hpp"

#include <algorithm>
#include <utility>

namespace nbcrawl {

std::string_view Schedule::key_of(const Attempt& attempt) noexcept {
  if (attempt.job.options != nullptr && !attempt.job.options->key.empty()) return attempt.job.options->key;
  return attempt.url().host();
}

void Schedule::add(Attempt attempt) {
  Entry& entry = entry_of(key_of(attempt));
  entry.second.queue.push_back(std::move(attempt));
  ++waiting_;
  place(entry);
}

void Schedule::add_at(Attempt attempt, TimePoint when) {
  later_.emplace(when, std::move(attempt));
  ++waiting_;
}

void Schedule::hold(std::string_view key, TimePoint until) {
  Entry& entry = entry_of(key);
  Host& host = entry.second;
  if (until <= host.not_before) return;
  if (host.place == Place::ready) {
    ready_.erase(host.ready_at);
  } else if (host.place == Place::sleeping) {
    const auto [first, last] = sleeping_.equal_range(host.not_before);
    sleeping_.erase(std::find_if(first, last, [&entry](const auto& sleeper) { return sleeper.second == &entry; }));
  }
  // It sleeps though nothing may wait: the moment must not be forgotten with the host's last attempt.
  host.not_before = until;
  host.place = Place::sleeping;
  sleeping_.emplace(until, &entry);
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
  const auto due = std::find_if(ready_.begin(), ready_.end(),
                                [index](const Entry* entry) { return entry->second.queue.front().job.index == index; });
  if (due == ready_.end() || now < not_before_) return std::nullopt;
  return start_from(**due, now);
}

void Schedule::release(std::string_view key) {
  const auto found = hosts_.find(key);
  if (found == hosts_.end()) return;
  --found->second.under_way;
  place(*found);
}

std::optional<TimePoint> Schedule::wakeup() const noexcept {
  std::optional<TimePoint> earliest;
  const auto consider = [&earliest](TimePoint when) { earliest = earliest ? std::min(*earliest, when) : when; };
  if (!ready_.empty()) consider(not_before_);
  if (!sleeping_.empty()) consider(std::max(sleeping_.begin()->first, not_before_));
  if (!later_.empty()) consider(std::max(later_.begin()->first, not_before_));
  return earliest;
}

Schedule::Entry& Schedule::entry_of(std::string_view key) {
  const auto found = hosts_.find(key);
  return found != hosts_.end() ? *found : *hosts_.try_emplace(std::string(key)).first;
}

/// Puts a host that stands aside where it belongs now.
void Schedule::place(Entry& entry) {
  Host& host = entry.second;
  if (host.place != Place::aside) return;
  if (host.queue.empty() || host.under_way >= policy_.per_host) return forget_if_idle(entry);
  host.place = Place::ready;
  host.ready_at = ready_.insert(ready_.end(), &entry);
}

void Schedule::forget_if_idle(Entry& entry) {
  const Host& host = entry.second;
  if (host.queue.empty() && host.under_way == 0) hosts_.erase(hosts_.find(entry.first));
}

void Schedule::wake(TimePoint now) {
  while (!later_.empty() && later_.begin()->first <= now) {
    Attempt attempt = std::move(later_.begin()->second);
    later_.erase(later_.begin());
    --waiting_;
    add(std::move(attempt));
  }
  while (!sleeping_.empty() && sleeping_.begin()->first <= now) {
    Entry& entry = *sleeping_.begin()->second;
    sleeping_.erase(sleeping_.begin());
    entry.second.place = Place::aside;
    place(entry);
  }
}

Attempt Schedule::start_from(Entry& entry, TimePoint now) {
  Host& host = entry.second;
  Attempt attempt = std::move(host.queue.front());
  host.queue.pop_front();
  --waiting_;
  ++host.under_way;
  not_before_ = now + policy_.gap;
  if (policy_.host_gap == Duration::zero() && !host.queue.empty() && host.under_way < policy_.per_host) {
    ready_.splice(ready_.end(), ready_, host.ready_at);  // to the back: hosts take turns
    return attempt;
  }
  host.place = Place::aside;
  ready_.erase(host.ready_at);
  if (policy_.host_gap > Duration::zero()) hold(entry.first, now + policy_.host_gap);
  return attempt;
}

}  // namespace nbcrawl

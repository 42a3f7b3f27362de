#include "schedule/schedule.hpp"

#include <algorithm>
#include <utility>

namespace nbcrawl {

std::string_view schedule_key(const Job& job) noexcept {
  if (job.options != nullptr && !job.options->key.empty()) return job.options->key;
  return job.url.host();
}

void Schedule::add(Job job, TimePoint now) {
  const std::string_view key = schedule_key(job);
  auto found = hosts_.find(key);
  if (found == hosts_.end()) found = hosts_.try_emplace(std::string(key)).first;
  found->second.jobs.push_back({.job = std::move(job), .since = now});
  ++waiting_;
  make_ready(*found);
}

std::optional<WaitingJob> Schedule::next() {
  if (ready_.empty()) return std::nullopt;
  return start_from(ready_.begin());
}

std::optional<WaitingJob> Schedule::next_if(std::uint64_t index) {
  const auto due = std::find_if(ready_.begin(), ready_.end(), [index](const Hosts::value_type* host) {
    return host->second.jobs.front().job.index == index;
  });
  if (due == ready_.end()) return std::nullopt;
  return start_from(due);
}

WaitingJob Schedule::start_from(Ready::iterator ready) {
  Host& host = (*ready)->second;
  WaitingJob taken = take(host);
  ++host.under_way;
  if (host.jobs.empty() || host.under_way >= per_host_) {
    host.ready = false;
    ready_.erase(ready);
  } else {
    ready_.splice(ready_.end(), ready_, ready);  // to the back: hosts take turns
  }
  return taken;
}

void Schedule::release(std::string_view key) {
  const auto found = hosts_.find(key);
  if (found == hosts_.end()) return;
  Host& host = found->second;
  --host.under_way;
  if (!host.jobs.empty()) {
    make_ready(*found);
  } else if (host.under_way == 0) {
    hosts_.erase(found);
  }
}

std::optional<WaitingJob> Schedule::drain() {
  ready_.clear();
  while (!hosts_.empty()) {
    Host& host = hosts_.begin()->second;
    if (!host.jobs.empty()) return take(host);
    hosts_.erase(hosts_.begin());
  }
  return std::nullopt;
}

void Schedule::make_ready(Hosts::value_type& entry) {
  Host& host = entry.second;
  if (host.ready || host.under_way >= per_host_) return;
  host.ready = true;
  ready_.push_back(&entry);
}

WaitingJob Schedule::take(Host& host) {
  WaitingJob taken = std::move(host.jobs.front());
  host.jobs.pop_front();
  --waiting_;
  return taken;
}

}  // namespace nbcrawl

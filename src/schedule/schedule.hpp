#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"
#include "nbcrawl/job.hpp"

namespace nbcrawl {

/// A job and since when it waits.
struct WaitingJob {
  Job job;
  TimePoint since;
};

/// The politeness group of a job: its `key`, else its host. A view into the job.
[[nodiscard]] std::string_view schedule_key(const Job& job) noexcept;

/// Which job may start next. Each host has a queue of its own and a limit on how many of its jobs are under way; hosts
/// take turns, so one with ten thousand jobs, or one that does not answer, holds nobody up. Memory is proportional to
/// the jobs that wait and the hosts under way; every operation is O(1). Not thread-safe.
class Schedule {
 public:
  explicit Schedule(std::size_t per_host) : per_host_(per_host) {}

  /// Puts a job at the end of its host's queue.
  void add(Job job, TimePoint now);
  /// Takes a job that may start and counts it as under way; nullopt: none may.
  std::optional<WaitingJob> next();
  /// The same, but only the job of this index; it must be the lowest of all that wait. O(hosts): for the rare moment
  /// when no other may start.
  std::optional<WaitingJob> next_if(std::uint64_t index);
  /// A job of this key is no longer under way.
  void release(std::string_view key);
  /// Takes any job that waits, whether it may start or not: how a run that stops empties its queues. From the first
  /// call on nothing else may be started.
  std::optional<WaitingJob> drain();

  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }

 private:
  struct Host {
    std::list<WaitingJob> jobs;
    std::size_t under_way = 0;
    bool ready = false;  // stands in ready_
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  using Hosts = std::unordered_map<std::string, Host, Hash, std::equal_to<>>;

  using Ready = std::list<Hosts::value_type*>;

  void make_ready(Hosts::value_type& host);
  WaitingJob start_from(Ready::iterator ready);
  WaitingJob take(Host& host);

  std::size_t per_host_;
  std::size_t waiting_ = 0;
  Hosts hosts_;  // those with a job waiting or under way
  Ready ready_;  // hosts that have a job and may start it, in turn
};

}  // namespace nbcrawl

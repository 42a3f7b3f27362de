#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/attempt.hpp"
#include "base/clock.hpp"
#include "base/keyed_hash.hpp"

namespace nbcrawl {

/// How fast and how wide hosts are asked.
struct SchedulePolicy {
  std::size_t per_host = 8;   ///< attempts under way to one host
  std::size_t in_a_row = 16;  ///< starts to one host, preferred each time, until others have their turn
  /// How long attempts may wait for the connections that their host has, where it may have more: to open another one
  /// costs as much as several requests. 0: they do not wait.
  Duration patience{};
  Duration host_gap{};  ///< least time between two starts to one host
  Duration gap{};       ///< least time between any two starts
};

/// Which attempt may start next. Each host has a queue of its own; hosts take turns, so one with ten thousand jobs, or
/// one that does not answer, holds nobody up. A host may be preferred for a while, because it has a connection. What
/// waits for its time, or for a connection, holds no slot. Memory is proportional to what waits and the hosts under
/// way; operations are O(1), and O(log n) where a time is set. Not thread-safe.
class Schedule {
 public:
  explicit Schedule(SchedulePolicy policy) : policy_(policy) {
    // Of twenty thousand hosts none is in the processor's cache: few neighbours are passed on the way to one.
    hosts_.max_load_factor(0.25F);
  }

  /// The politeness group of an attempt: its job's `key`, else the host it asks. A view into the attempt.
  [[nodiscard]] static std::string_view key_of(const Attempt& attempt) noexcept;

  /// Puts an attempt at the end of its host's queue.
  void add(Attempt attempt);
  /// The same, from that moment on.
  void add_at(Attempt attempt, TimePoint when);
  /// Starts nothing of this key before that moment.
  void hold(std::string_view key, TimePoint until);
  /// Takes an attempt that may start now and counts it as under way; nullopt: none may. One of the key `preferred`
  /// comes before its turn, but no more than SchedulePolicy::in_a_row times.
  std::optional<Attempt> next(TimePoint now, std::string_view preferred = {});
  /// Ends the patience of hosts whose connections were too slow. Between dispatch passes only: within one, answers that
  /// are there are still to be reported.
  void lose_patience(TimePoint now);
  /// The same as next(), but only the attempt of this job, wherever it waits: one that was redirected or failed is
  /// behind others of its host. O(waiting), as wakeup_if(): for the rare moment when no other may start.
  std::optional<Attempt> next_if(std::uint64_t index, TimePoint now);
  /// Attempts of this key share a connection (HTTP/2): where another one opens none, none waits for one.
  void share_connection(std::string_view key) noexcept;
  /// An attempt of this key is no longer under way.
  void release(std::string_view key, TimePoint now);
  /// Attempts of this key that are under way.
  [[nodiscard]] std::size_t under_way(std::string_view key) const noexcept;
  /// When it is worth while to ask next() again though nothing was added or released; nullopt: never.
  [[nodiscard]] std::optional<TimePoint> wakeup() const noexcept;
  /// The same of next_if().
  [[nodiscard]] std::optional<TimePoint> wakeup_if(std::uint64_t index) const;

  /// Attempts that wait, those for their time included.
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }
  /// What these attempts bring along: bytes_beside().
  [[nodiscard]] std::size_t waiting_bytes() const noexcept { return waiting_bytes_; }
  /// How many attempts it is worth while to have waiting: with so many of each host, one that has a connection finds
  /// its next attempt wherever that stands in the list.
  [[nodiscard]] std::size_t worth_waiting() const noexcept { return hosts_.size() * policy_.in_a_row; }

 private:
  enum class Place : std::uint8_t {
    aside,     // nothing waits, or the limit is reached
    ready,     // stands in ready_
    sleeping,  // stands in sleeping_ until not_before
    patient,   // stands in patient_: its next attempt waits for one of its connections
  };
  struct Host;
  struct Hash {
    using is_transparent = void;
    // Not noexcept: else libstdc++ would not keep the hash of a key beside it, and compute those of all that it passes.
    std::size_t operator()(std::string_view text) const { return keyed(text); }
    KeyedHash keyed;
  };
  using Hosts = std::unordered_map<std::string, Host, Hash, std::equal_to<>>;
  using Entry = Hosts::value_type;
  using Ready = std::list<Entry*>;
  using Sleeping = std::multimap<TimePoint, Entry*>;
  struct Host {
    std::list<Attempt> queue;
    std::size_t under_way = 0;
    std::size_t width = 0;        // the most that were under way at once: so many connections may be there
    std::size_t in_a_row = 0;     // starts out of turn since the last one in turn
    Ready::iterator ready_at;     // where place is ready
    Sleeping::iterator wakes_at;  // where place is sleeping or patient
    TimePoint not_before{};
    TimePoint progress_at{};  // when an attempt ended last, or began with none under way
    Place place = Place::aside;
    bool has_ended_any = false;  // its pace is known
  };

  Entry& entry_of(std::string_view key);
  void place(Entry& entry, TimePoint now = TimePoint::min());
  void set_aside(Entry& entry);
  [[nodiscard]] TimePoint patient_until(const Host& host) const noexcept;
  void forget_if_idle(Entry& entry);
  void wake(TimePoint now);
  Entry* preferred_entry(std::string_view key);
  Attempt start_from(Entry& entry, TimePoint now);

  SchedulePolicy policy_;
  std::size_t waiting_ = 0;
  std::size_t waiting_bytes_ = 0;
  Hosts hosts_;                                // those with something waiting, under way, or a time to keep
  std::vector<Hosts::node_type> spare_hosts_;  // for reuse: a host that comes and goes with one job allocates nothing
  Ready ready_;                                // hosts that may start something, in turn
  Sleeping sleeping_;
  Sleeping patient_;
  std::multimap<TimePoint, Attempt> later_;  // of add_at()
  TimePoint not_before_{};                   // of all starts
};

}  // namespace nbcrawl

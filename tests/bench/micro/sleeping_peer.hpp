#pragma once

#include <atomic>
#include <thread>

#include "event_counters.hpp"

namespace nbcrawl {

/// The other side of an idle loop: a thread that makes one connection readable each time it is asked to. It shares the
/// loop's processor and never preempts it (SCHED_BATCH), so the loop is asleep whenever the signal comes.
class SleepingPeer {
 public:
  SleepingPeer();
  ~SleepingPeer();
  SleepingPeer(const SleepingPeer&) = delete;
  SleepingPeer& operator=(const SleepingPeer&) = delete;

  void ask_for(const EventCounter& target);

 private:
  void answer();

  EventCounter ask_{0};
  std::atomic<const EventCounter*> target_ = nullptr;
  std::thread thread_;
};

}  // namespace nbcrawl

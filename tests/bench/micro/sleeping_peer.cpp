#include "sleeping_peer.hpp"

#include <pthread.h>
#include <sched.h>

namespace nbcrawl {

namespace {

void stay_on_one_processor() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(::sched_getcpu(), &one);
  require(::sched_setaffinity(0, sizeof one, &one) == 0, "sched_setaffinity");
}

}  // namespace

SleepingPeer::SleepingPeer() {
  stay_on_one_processor();
  thread_ = std::thread([this] { answer(); });
}

SleepingPeer::~SleepingPeer() {
  target_ = nullptr;
  ask_.signal();
  thread_.join();
}

void SleepingPeer::ask_for(const EventCounter& target) {
  target_ = &target;
  ask_.signal();
}

void SleepingPeer::answer() {
  const sched_param parameters{};
  require(::sched_setscheduler(0, SCHED_BATCH, &parameters) == 0, "sched_setscheduler");
  for (;;) {
    ask_.clear();
    const EventCounter* target = target_;
    if (target == nullptr) return;
    target->signal();
  }
}

}  // namespace nbcrawl

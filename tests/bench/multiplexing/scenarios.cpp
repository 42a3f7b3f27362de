#include "scenarios.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <functional>
#include <limits>
#include <memory>
#include <thread>
#include <vector>

namespace nbcrawl {

namespace {

constexpr int repetitions = 7;
constexpr Microseconds least_measured = 30'000;
constexpr Interest reading{.readable = true};

/// Carries out the given number of rounds.
using Rounds = std::function<void(std::size_t)>;

Microseconds cpu_time() {
  timespec now{};
  require(::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0, "clock_gettime");
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

/// The cost of one round, from as many as take long enough to be measured.
Microseconds cost_of_round(const Rounds& run) {
  for (std::size_t count = 16;; count *= 2) {
    const Microseconds begin = cpu_time();
    run(count);
    const Microseconds spent = cpu_time() - begin;
    if (spent >= least_measured) return spent / static_cast<double>(count);
  }
}

std::unique_ptr<Multiplexer> open_with(MultiplexerKind kind, const Connections& connections) {
  auto multiplexer = make_multiplexer(kind);
  require(multiplexer.has_value(), "make_multiplexer");
  for (std::size_t i = 0; i < connections.size(); ++i) {
    const Token token{.slot = static_cast<std::uint32_t>(i)};
    if (!(*multiplexer)->add(connections[i].fd(), reading, token)) return nullptr;
  }
  return std::move(*multiplexer);
}

/// Runs `with` on each multiplexer in turn, several times over, and subtracts what the rounds cost without one.
Costs compare(const Connections& connections, const Rounds& without,
              const std::function<void(Multiplexer&, std::size_t rounds)>& with) {
  constexpr Microseconds none = std::numeric_limits<Microseconds>::max();
  Microseconds baseline = without ? none : 0;
  Microseconds least[] = {none, none, none};
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    if (without) baseline = std::min(baseline, cost_of_round(without));
    for (const auto kind : {MultiplexerKind::select, MultiplexerKind::poll, MultiplexerKind::epoll}) {
      const auto multiplexer = open_with(kind, connections);
      if (!multiplexer) continue;
      Microseconds& cost = least[static_cast<std::size_t>(kind)];
      cost = std::min(cost, cost_of_round([&](std::size_t rounds) { with(*multiplexer, rounds); }));
    }
  }
  const auto net = [&](Microseconds cost) { return cost == none ? -1 : std::max(cost - baseline, 0.0); };
  return {.select = net(least[0]), .poll = net(least[1]), .epoll = net(least[2])};
}

/// Waits until `expected` reports have come, and reads each one's connection.
void collect(Multiplexer& multiplexer, const Connections& connections, std::vector<Ready>& ready,
             std::size_t expected) {
  while (expected > 0) {
    require(multiplexer.wait(std::nullopt, ready).has_value(), "wait");
    for (const Ready& report : ready) connections[report.token.slot].clear();
    expected -= ready.size();
  }
}

/// The other side of an idle loop: a thread that makes one connection readable each time it is asked to. It shares the
/// loop's processor and never preempts it (SCHED_BATCH), so the loop is asleep whenever the signal comes.
class Peer {
 public:
  Peer() : thread_([this] { answer(); }) {}
  ~Peer() {
    target_ = nullptr;
    ask_.signal();
    thread_.join();
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void ask_for(const EventCounter& target) {
    target_ = &target;
    ask_.signal();
  }

 private:
  void answer() {
    const sched_param parameters{};
    require(::sched_setscheduler(0, SCHED_BATCH, &parameters) == 0, "sched_setscheduler");
    for (;;) {
      ask_.clear();
      const EventCounter* target = target_;
      if (target == nullptr) return;
      target->signal();
    }
  }

  EventCounter ask_{0};
  std::atomic<const EventCounter*> target_ = nullptr;
  std::thread thread_;
};

void stay_on_one_processor() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(::sched_getcpu(), &one);
  require(::sched_setaffinity(0, sizeof one, &one) == 0, "sched_setaffinity");
}

}  // namespace

Costs measure_busy(const Connections& connections, std::size_t active) {
  const auto without = [&](std::size_t rounds) {
    for (std::size_t round = 0; round < rounds; ++round) {
      for (std::size_t i = 0; i < active; ++i) connections.active(round, i, active).signal();
      for (std::size_t i = 0; i < active; ++i) connections.active(round, i, active).clear();
    }
  };
  return compare(connections, without, [&](Multiplexer& multiplexer, std::size_t rounds) {
    std::vector<Ready> ready;
    for (std::size_t round = 0; round < rounds; ++round) {
      for (std::size_t i = 0; i < active; ++i) connections.active(round, i, active).signal();
      collect(multiplexer, connections, ready, active);
    }
  });
}

Costs measure_idle(const Connections& connections) {
  stay_on_one_processor();
  Peer peer;
  const EventCounter alone(0);
  const auto without = [&](std::size_t rounds) {
    for (std::size_t round = 0; round < rounds; ++round) {
      peer.ask_for(alone);
      alone.clear();
    }
  };
  return compare(connections, without, [&](Multiplexer& multiplexer, std::size_t rounds) {
    std::vector<Ready> ready;
    for (std::size_t round = 0; round < rounds; ++round) {
      peer.ask_for(connections.active(round, 0, 1));
      collect(multiplexer, connections, ready, 1);
    }
  });
}

Costs measure_registration(const Connections& connections) {
  const EventCounter one(EFD_NONBLOCK);
  return compare(connections, nullptr, [&](Multiplexer& multiplexer, std::size_t rounds) {
    const Token token{.slot = static_cast<std::uint32_t>(connections.size())};
    for (std::size_t round = 0; round < rounds; ++round) {
      const bool done = multiplexer.add(one.fd(), reading, token).has_value() &&
                        multiplexer.modify(one.fd(), {.writable = true}, token).has_value();
      require(done, "add and modify");
      multiplexer.remove(one.fd());
    }
  });
}

}  // namespace nbcrawl

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks.hpp"
#include "event_counters.hpp"
#include "io/multiplexer.hpp"
#include "sleeping_peer.hpp"

namespace nbcrawl {

namespace {

constexpr Interest reading{.readable = true};

/// nullopt: no multiplexer, which is what the others are compared with.
using Kind = std::optional<MultiplexerKind>;

/// A multiplexer that watches all of them; null: it can't hold so many.
std::unique_ptr<Multiplexer> watch_all(MultiplexerKind kind, const EventCounters& connections) {
  auto multiplexer = make_multiplexer(kind);
  require(multiplexer.has_value(), "make_multiplexer");
  for (std::size_t i = 0; i < connections.size(); ++i) {
    if (!(*multiplexer)->add(connections[i].fd(), reading, {.slot = static_cast<std::uint32_t>(i)})) return nullptr;
  }
  return std::move(*multiplexer);
}

/// Waits until `expected` reports have come, and reads each one's connection.
void collect(Multiplexer& multiplexer, const EventCounters& connections, std::vector<Ready>& ready,
             std::size_t expected) {
  while (expected > 0) {
    require(multiplexer.wait(std::nullopt, ready).has_value(), "wait");
    for (const Ready& report : ready) connections[report.token.slot].clear();
    expected -= ready.size();
  }
}

/// A busy loop: `active` connections are readable before it waits, so that it never sleeps.
void wait_busy(benchmark::State& state, Kind kind, std::size_t count, std::size_t active) {
  const EventCounters connections(count);
  const auto multiplexer = kind ? watch_all(*kind, connections) : nullptr;
  if (kind && multiplexer == nullptr) return state.SkipWithError("can't hold so many");
  std::vector<Ready> ready;
  std::size_t round = 0;
  for ([[maybe_unused]] auto _ : state) {
    for (std::size_t i = 0; i < active; ++i) connections.active(round, i, active).signal();
    if (multiplexer != nullptr) {
      collect(*multiplexer, connections, ready, active);
    } else {
      for (std::size_t i = 0; i < active; ++i) connections.active(round, i, active).clear();
    }
    ++round;
  }
}

/// An idle loop: it sleeps until one connection becomes readable. Without a multiplexer: in read(2) of one connection.
void wait_asleep(benchmark::State& state, Kind kind, std::size_t count) {
  const EventCounters connections(count);
  const auto multiplexer = kind ? watch_all(*kind, connections) : nullptr;
  if (kind && multiplexer == nullptr) return state.SkipWithError("can't hold so many");
  SleepingPeer peer;
  const EventCounter alone(0);
  std::vector<Ready> ready;
  std::size_t round = 0;
  for ([[maybe_unused]] auto _ : state) {
    if (multiplexer != nullptr) {
      peer.ask_for(connections.active(round++, 0, 1));
      collect(*multiplexer, connections, ready, 1);
    } else {
      peer.ask_for(alone);
      alone.clear();
    }
  }
}

/// The life of one registration.
void register_one(benchmark::State& state, MultiplexerKind kind) {
  const EventCounters others(64);
  const auto multiplexer = watch_all(kind, others);
  const EventCounter one(EFD_NONBLOCK);
  const Token token{.slot = static_cast<std::uint32_t>(others.size())};
  for ([[maybe_unused]] auto _ : state) {
    const bool done = multiplexer->add(one.fd(), reading, token).has_value() &&
                      multiplexer->modify(one.fd(), {.writable = true}, token).has_value();
    require(done, "add and modify");
    multiplexer->remove(one.fd());
  }
}

std::string name_of(Kind kind) { return kind ? std::string(name(*kind)) : "none"; }

}  // namespace

void register_multiplexers() {
  constexpr Kind kinds[] = {std::nullopt, MultiplexerKind::select, MultiplexerKind::poll, MultiplexerKind::epoll};
  for (const std::size_t count : {4, 8, 16, 64, 256, 900, 4000}) {
    for (const std::size_t active : {count, std::size_t{32}}) {
      if (active == 32 && count <= 64) continue;
      for (const Kind kind : kinds) {
        const std::string name =
            "wait, " + std::to_string(active) + " of " + std::to_string(count) + " ready/" + name_of(kind);
        benchmark::RegisterBenchmark(name.c_str(), wait_busy, kind, count, active);
      }
    }
    for (const Kind kind : kinds) {
      const std::string name = "wait asleep, 1 of " + std::to_string(count) + "/" + name_of(kind);
      benchmark::RegisterBenchmark(name.c_str(), wait_asleep, kind, count)->MeasureProcessCPUTime();
    }
  }
  for (const Kind kind : kinds) {
    if (!kind) continue;
    benchmark::RegisterBenchmark(("add, modify and remove/" + name_of(kind)).c_str(), register_one, *kind);
  }
}

}  // namespace nbcrawl

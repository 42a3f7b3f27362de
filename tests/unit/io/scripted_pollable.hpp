#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "catch2_shim.hpp"
#include "io/event_loop.hpp"
#include "unit/io/descriptors.hpp"

namespace nbcrawl {

/// Counts its calls, remembers the last one and then does what the test says.
struct ScriptedPollable final : Pollable {
  ScriptedPollable() : fd(counter.fd()) {}
  /// Watches a descriptor that somebody else owns.
  explicit ScriptedPollable(int borrowed) : fd(borrowed) {}
  ScriptedPollable(const ScriptedPollable&) = delete;
  ScriptedPollable& operator=(const ScriptedPollable&) = delete;

  [[nodiscard]] int fileno() const noexcept override { return fd; }
  void on_ready(bool readable, bool writable) override {
    ++calls;
    last = {.readable = readable, .writable = writable};
    if (then) then();
  }

  EventCounter counter;
  int fd;
  int calls = 0;
  Interest last;
  std::function<void()> then;
};

/// nullopt: `auto`.
inline std::unique_ptr<EventLoop> open_loop(std::optional<MultiplexerKind> kind) {
  auto loop = EventLoop::create(kind);
  REQUIRE(loop);
  return std::move(*loop);
}

inline Registration watch(EventLoop& loop, Pollable& pollable, Interest interest) {
  auto registration = loop.watch(pollable, interest);
  REQUIRE(registration);
  return std::move(*registration);
}

}  // namespace nbcrawl

#pragma once

#include <optional>

#include "io/multiplexer.hpp"
#include "nbcrawl/options.hpp"

namespace nbcrawl {

/// The public choice as EventLoop::create() takes it.
[[nodiscard]] inline std::optional<MultiplexerKind> multiplexer_kind(MultiplexerChoice choice) noexcept {
  switch (choice) {
    case MultiplexerChoice::select: return MultiplexerKind::select;
    case MultiplexerChoice::poll: return MultiplexerKind::poll;
    case MultiplexerChoice::epoll: return MultiplexerKind::epoll;
    case MultiplexerChoice::automatic: break;
  }
  return std::nullopt;
}

}  // namespace nbcrawl

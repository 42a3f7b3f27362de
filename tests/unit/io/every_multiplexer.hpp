#pragma once

#include "io/multiplexer.hpp"

// The type parameters of the tests that run once for each multiplexer; their names stand in the tests' names.
namespace nbcrawl {

struct Select {
  static constexpr MultiplexerKind kind = MultiplexerKind::select;
};
struct Poll {
  static constexpr MultiplexerKind kind = MultiplexerKind::poll;
};
struct Epoll {
  static constexpr MultiplexerKind kind = MultiplexerKind::epoll;
};

}  // namespace nbcrawl

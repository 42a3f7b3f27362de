#pragma once

#include <cstddef>

#include "connections.hpp"
#include "io/multiplexer.hpp"

namespace nbcrawl {

/// CPU time in microseconds, of the whole process. The least of several repetitions: what disturbs only ever adds.
using Microseconds = double;

/// The costs of one wake-up for each multiplexer; negative: it can't hold so many.
struct Costs {
  Microseconds select = -1;
  Microseconds poll = -1;
  Microseconds epoll = -1;
};

/// A busy loop: `active` connections are readable already when it waits, so that it never sleeps. The figure is what
/// wait() adds to signalling and reading those connections without one, what the signals cost more because epoll
/// keeps a list of who is ready included.
Costs measure_busy(const Connections& connections, std::size_t active);

/// An idle loop: it sleeps until one connection becomes readable. The figure is what the multiplexer adds to a
/// blocking read(2) that sleeps on one connection alone.
Costs measure_idle(const Connections& connections);

/// The life of one registration: add, one modify, remove, beside the given connections.
Costs measure_registration(const Connections& connections);

}  // namespace nbcrawl

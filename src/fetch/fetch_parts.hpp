#pragma once

#include "base/log.hpp"
#include "fetch/body_memory.hpp"
#include "fetch/options.hpp"
#include "fetch/pause.hpp"
#include "fetch/reusable_memory.hpp"
#include "http/request.hpp"
#include "io/event_loop.hpp"

namespace nbcrawl {

/// What all transfers and connections of a fetcher work with.
struct FetchParts {
  EventLoop& loop;
  Log& log;
  const FetchOptions& options;
  const RequestWriter& request_writer;
  Pause& pause;
  ReusableMemory& memory;
  BodyMemory& body_memory;
};

}  // namespace nbcrawl

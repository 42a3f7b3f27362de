#pragma once

#include "fetch/options.hpp"
#include "http/request.hpp"

namespace nbcrawl {

/// What every fetcher of a run is made with.
struct FetchSetup {
  FetchOptions options;
  RequestWriter request_writer;
};

}  // namespace nbcrawl

#pragma once

#include "nbcrawl/record.hpp"

namespace nbcrawl {

/// Where results go. One sink is one output format; it turns a Record into bytes and never sees a socket.
/// Owned by the run, called on the loop's thread. What it throws ends the run: it comes out of Crawler::run().
class Sink {
 public:
  virtual ~Sink() = default;
  /// Writes one result, whole. Error: output_failed, which ends the run.
  virtual Result<> write(const Record& record) = 0;
  /// Called after the last record of each Crawler::run() whose results could be written.
  virtual Result<> finish() = 0;
};

}  // namespace nbcrawl

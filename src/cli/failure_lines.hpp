#pragma once

#include "cli/status_line.hpp"
#include "nbcrawl/sink.hpp"

namespace nbcrawl {

/// Prints a line for each failed job: its URL and the cause.
class FailureLines final : public Sink {
 public:
  explicit FailureLines(StatusLine& status) : status_(status) {}
  Result<> write(const Record& record) override;
  Result<> finish() override { return {}; }

 private:
  StatusLine& status_;
};

}  // namespace nbcrawl

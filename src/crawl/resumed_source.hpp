#pragma once

#include <functional>
#include <utility>

#include "crawl/job_source.hpp"
#include "io/event_loop.hpp"
#include "state/run_state.hpp"

namespace nbcrawl {

/// The jobs of a list that are not done yet.
class ResumedSource final : public JobSource {
 public:
  /// Called with each job that an earlier run has done, and this one passes over.
  using OnDone = std::move_only_function<void(const Job&)>;

  /// All is borrowed.
  ResumedSource(JobSource& list, RunState& state, EventLoop& loop, OnDone on_done = {}) noexcept
      : list_(list), state_(state), loop_(loop), on_done_(std::move(on_done)) {}

  Step next() override;

 private:
  JobSource& list_;
  RunState& state_;
  EventLoop& loop_;
  OnDone on_done_;
};

}  // namespace nbcrawl

#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "crawl/job_source.hpp"
#include "io/event_loop.hpp"
#include "state/run_state.hpp"

namespace nbcrawl {

/// The jobs of a list that are not done yet.
class ResumedSource final : public JobSource {
 public:
  /// Called with each job that an earlier run has carried out with success.
  using OnSucceeded = std::move_only_function<void(const Job&)>;

  /// All is borrowed.
  ResumedSource(JobSource& list, RunState& state, EventLoop& loop, OnSucceeded on_succeeded = {}) noexcept
      : list_(list), state_(state), loop_(loop), on_succeeded_(std::move(on_succeeded)) {}

  Step next() override;
  /// Of the whole list.
  [[nodiscard]] std::optional<std::uint64_t> total() const override { return list_.total(); }

 private:
  JobSource& list_;
  RunState& state_;
  EventLoop& loop_;
  OnSucceeded on_succeeded_;
};

}  // namespace nbcrawl

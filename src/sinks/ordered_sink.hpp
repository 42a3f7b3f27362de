#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/output.hpp"
#include "nbcrawl/sink.hpp"

namespace nbcrawl {

/// Puts the results of another sink into the order of the job list (--ordered). A record that comes before its turn is
/// rendered at once, since it lives no longer than the call, and its bytes are held until all before it are written.
/// Each index comes exactly once, from 0 on; without gaps, but for those of jobs that an earlier run has done.
class OrderedSink final : public Sink {
 public:
  /// Gives the first index, from the one it is given on, that is to come.
  using NextIndex = std::move_only_function<std::uint64_t(std::uint64_t)>;

  /// The output is borrowed; `make` is called once, here, and builds the sink on the output it is given. `next_index`
  /// is for a run that can be continued; without it every index comes.
  OrderedSink(Output& output, std::move_only_function<std::unique_ptr<Sink>(Output&)> make, NextIndex next_index = {});
  ~OrderedSink() override;

  Result<> write(const Record& record) override;
  /// Writes what is still held, over gaps a stopped run left. Where the run can be continued, it is dropped: the jobs
  /// are fetched again then, in their order.
  Result<> finish() override;

  /// Memory of the results held back, at most Limits::max_reorder_bytes if no job but next_due() is started above that.
  [[nodiscard]] std::size_t held_bytes() const noexcept { return held_bytes_; }
  /// How many they are.
  [[nodiscard]] std::size_t held_results() const noexcept { return held_.size(); }
  /// The index that all held results wait for.
  [[nodiscard]] std::uint64_t next_due() const noexcept { return next_due_; }

 private:
  class Switch;

  void advance();
  Result<> release_due();

  Output& output_;
  std::unique_ptr<Switch> switch_;  // stands between the inner sink and the output
  std::unique_ptr<Sink> inner_;
  NextIndex next_index_;
  std::unordered_map<std::uint64_t, std::string> held_;
  std::size_t held_bytes_ = 0;
  std::uint64_t next_due_ = 0;
};

}  // namespace nbcrawl

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
/// Each index comes exactly once, from 0 on, without gaps.
class OrderedSink final : public Sink {
 public:
  /// The output is borrowed; `make` is called once, here, and builds the sink on the output it is given.
  OrderedSink(Output& output, std::move_only_function<std::unique_ptr<Sink>(Output&)> make);
  ~OrderedSink() override;

  Result<> write(const Record& record) override;
  /// Writes what is still held, over gaps a stopped run left.
  Result<> finish() override;

  /// Memory of the results held back, at most Limits::max_reorder_bytes if no job but next_due() is started above that.
  [[nodiscard]] std::size_t held_bytes() const noexcept { return held_bytes_; }
  /// The index that all held results wait for.
  [[nodiscard]] std::uint64_t next_due() const noexcept { return next_due_; }

 private:
  class Switch;

  Result<> release_due();

  Output& output_;
  std::unique_ptr<Switch> switch_;  // stands between the inner sink and the output
  std::unique_ptr<Sink> inner_;
  std::unordered_map<std::uint64_t, std::string> held_;
  std::size_t held_bytes_ = 0;
  std::uint64_t next_due_ = 0;
};

}  // namespace nbcrawl

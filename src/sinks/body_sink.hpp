#pragma once

#include "base/output.hpp"
#include "nbcrawl/sink.hpp"

namespace nbcrawl {

/// The results themselves, one after the other, byte for byte: the default of standard output. A failed job writes
/// nothing.
class BodySink final : public Sink {
 public:
  /// The output is borrowed. With `null_terminated` a NUL follows each result, also an empty one (-0, --null).
  BodySink(Output& output, bool null_terminated) noexcept : output_(output), null_terminated_(null_terminated) {}
  Result<> write(const Record& record) override;
  Result<> finish() override { return {}; }

 private:
  Output& output_;
  bool null_terminated_;
};

}  // namespace nbcrawl

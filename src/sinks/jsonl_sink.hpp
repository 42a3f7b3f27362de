#pragma once

#include <string>
#include <vector>

#include "base/output.hpp"
#include "nbcrawl/sink.hpp"
#include "sinks/record_field.hpp"

namespace nbcrawl {

/// One JSON object a line for every job, failed or not (NDJSON): see docs/records.md. Whatever bytes the network sent,
/// each line is valid JSON in UTF-8 and holds no byte that a reader could take for the end of a line.
class JsonlSink final : public Sink {
 public:
  /// The output is borrowed.
  explicit JsonlSink(Output& output, std::vector<RecordField> fields = all_record_fields(), RecordStyle style = {})
      : output_(output), fields_(std::move(fields)), style_(style) {}
  Result<> write(const Record& record) override;
  Result<> finish() override { return {}; }

 private:
  Output& output_;
  std::vector<RecordField> fields_;
  RecordStyle style_;
  std::string line_;  // kept for its memory
};

}  // namespace nbcrawl

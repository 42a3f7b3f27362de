#pragma once

#include "base/output_directory.hpp"
#include "nbcrawl/sink.hpp"

namespace nbcrawl {

/// Each result in a file of its own below a folder (--output-dir): named by the job's `output`, else by its id, else by
/// its index. A file has its name only once it is whole; one that stood there is replaced. A failed job writes nothing,
/// nor does one whose callbacks saved the page themselves and emitted nothing.
class DirectorySink final : public Sink {
 public:
  /// The folder is borrowed.
  explicit DirectorySink(const OutputDirectory& directory) noexcept : directory_(directory) {}
  Result<> write(const Record& record) override;
  Result<> finish() override { return {}; }

 private:
  const OutputDirectory& directory_;
};

}  // namespace nbcrawl

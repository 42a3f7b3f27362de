#pragma once

#include <functional>
#include <string>
#include <utility>

#include "base/output_directory.hpp"
#include "nbcrawl/sink.hpp"

namespace nbcrawl {

/// Each result in a file of its own (--output-dir). A file has its name only once it is whole; a failed job leaves what
/// stood there as it was. Blocks for as long as the file system does.
class DirectorySink final : public Sink {
 public:
  /// Makes the path of a job's file, relative to the folder and joined by "/". Error: what write() then gives.
  using MakePath = std::move_only_function<Result<std::string>(const Job&)>;

  /// The folder is borrowed. `make_path` is asked where the job does not name its file (JobOptions::output).
  DirectorySink(const OutputDirectory& directory, MakePath make_path)
      : directory_(directory), make_path_(std::move(make_path)) {}
  /// Nothing is written where a callback has saved the page and nothing else was emitted. Error: also where the file is
  /// one that the job's own callback has just saved.
  Result<> write(const Record& record) override;
  Result<> finish() override { return {}; }

 private:
  const OutputDirectory& directory_;
  MakePath make_path_;
};

}  // namespace nbcrawl

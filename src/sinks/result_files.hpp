#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/output_directory.hpp"
#include "base/unique_fd.hpp"
#include "nbcrawl/job.hpp"

namespace nbcrawl {

/// Each result in a file of its own (--output-dir). A file has its name only once it is whole. Blocks for as long as
/// the file system does.
class ResultFiles {
 public:
  /// Makes the path of a job's file, relative to the folder and joined by "/", with `ending` behind its name. Error:
  /// what store() then gives.
  using MakePath = std::move_only_function<Result<std::string>(const Job&, std::string_view ending) const>;

  /// The folder is borrowed. `make_path` is asked where the job does not name its file (JobOptions::output); null: such
  /// a job has none.
  explicit ResultFiles(const OutputDirectory& directory, MakePath make_path = {})
      : directory_(directory), make_path_(std::move(make_path)) {}

  /// Writes what a job's callbacks emitted; nothing where they saved the page to `body_file` and emitted nothing else.
  /// Error, of this job alone: output_failed, also where they saved the page to the very file that the job names.
  Result<> store(const Job& job, std::string_view body, std::string_view body_file);

  /// Whether the job itself names its file.
  [[nodiscard]] static bool is_named_by(const Job& job) noexcept {
    return job.options != nullptr && !job.options->output.empty();
  }
  /// Whether the job's result has a file.
  [[nodiscard]] bool names(const Job& job) const noexcept { return is_named_by(job) || make_path_; }
  /// The path of that file, relative to the folder as `saved` is: the file of the page, where the job's callbacks save
  /// it; else empty. What else they emit stands beside it, as NAME#result, unless the job names its file. Error: that
  /// of `make_path`.
  [[nodiscard]] Result<std::string> name_of(const Job& job, std::string_view saved) const;

 private:
  /// Descriptors kept for the file being written: whatever connections take, a result can be stored.
  class Reserve {
   public:
    Reserve() { take(); }
    void take();
    void give_back();

   private:
    std::array<UniqueFd, 3> held_;  // a folder, the one below it, the file
  };

  [[nodiscard]] std::string_view below_folder(std::string_view path) const noexcept;
  Result<> write(const std::string& path, std::string_view body, std::string_view body_file);

  const OutputDirectory& directory_;
  MakePath make_path_;
  Reserve reserve_;
};

}  // namespace nbcrawl

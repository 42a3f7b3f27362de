#pragma once

#include <string>
#include <string_view>

#include "base/output_directory.hpp"
#include "nbcrawl/error.hpp"
#include "nbcrawl/job.hpp"
#include "nbcrawl/url.hpp"

namespace nbcrawl {

/// The file that the callback `save` fills as the body arrives. It gets its name when commit() says that the body is
/// complete; dropped before that, nothing has changed in the folder. Move-only.
class SaveFile {
 public:
  /// Errors: output_failed; invalid_job where `save_template` is no good.
  static Result<SaveFile> open(const OutputDirectory& directory, std::string_view save_template, const Job& job,
                               const Url& url);

  /// Error: output_failed.
  Result<> write(std::string_view data) { return file_.write(data); }

  /// The file's path, below the path of the output folder. Error: output_failed.
  Result<std::string> commit();

 private:
  explicit SaveFile(PendingFile file) : file_(std::move(file)) {}

  PendingFile file_;
};

}  // namespace nbcrawl

#include "sinks/directory_sink.hpp"

#include <utility>

namespace nbcrawl {

Result<> DirectorySink::write(const Record& record) {
  if (!record.ok() || record.job == nullptr) return {};
  const bool only_saved = record.body.empty() && !record.body_file.empty();
  if (only_saved) return {};
  const JobOptions* options = record.job->options.get();
  const bool is_named = options != nullptr && !options->output.empty();
  auto path = is_named ? Result<std::string>(options->output) : make_path_(*record.job);
  if (!path) return std::unexpected(std::move(path.error()));
  auto file = directory_.create(*path);
  if (!file) return std::unexpected(std::move(file.error()));
  if (file->path() == record.body_file) {
    return std::unexpected(Error{.kind = ErrorKind::output_failed,
                                 .phase = Phase::output,
                                 .detail = "can't write " + file->path() + ": the same job's callback has saved it"});
  }
  if (auto written = file->write(record.body); !written) return written;
  return file->commit();
}

}  // namespace nbcrawl

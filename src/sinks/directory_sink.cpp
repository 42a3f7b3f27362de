#include "sinks/directory_sink.hpp"

namespace nbcrawl {

namespace {

std::string name_of(const Record& record) {
  if (record.job->options != nullptr && !record.job->options->output.empty()) return record.job->options->output;
  if (!record.job->id.empty()) return record.job->id;
  return std::to_string(record.index);
}

}  // namespace

Result<> DirectorySink::write(const Record& record) {
  if (!record.ok() || (record.body.empty() && !record.body_file.empty())) return {};
  auto file = directory_.create(name_of(record));
  if (!file) return std::unexpected(std::move(file.error()));
  if (auto written = file->write(record.body); !written) return written;
  return file->commit();
}

}  // namespace nbcrawl

#include "sinks/result_files.hpp"

#include <fcntl.h>

#include <utility>

namespace nbcrawl {

namespace {

std::unexpected<Error> refused(const std::string& path, std::string_view why) {
  return std::unexpected(Error{.kind = ErrorKind::output_failed,
                               .phase = Phase::output,
                               .detail = "can't write " + path + ": " + std::string(why)});
}

}  // namespace

void ResultFiles::Reserve::take() {
  for (UniqueFd& one : held_) one.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

void ResultFiles::Reserve::give_back() {
  for (UniqueFd& one : held_) one.reset();
}

Result<> ResultFiles::store(const Job& job, std::string_view body, std::string_view body_file) {
  if (!names(job) || (body.empty() && !body_file.empty())) return {};
  auto path = name_of(job, below_folder(body_file));
  if (!path) return std::unexpected(std::move(path.error()));
  reserve_.give_back();
  auto written = write(*path, body, body_file);
  reserve_.take();
  return written;
}

Result<std::string> ResultFiles::name_of(const Job& job, std::string_view saved) const {
  if (is_named_by(job)) return job.options->output;
  auto name = make_path_(job, "");
  return name && *name == saved ? make_path_(job, "#result") : name;  // no page's name: SavePath tells the marks
}

/// A path that PendingFile::path() gave.
std::string_view ResultFiles::below_folder(std::string_view path) const noexcept {
  if (!path.starts_with(directory_.path())) return {};
  path.remove_prefix(directory_.path().size());
  return path.substr(path.starts_with('/') ? 1 : 0);
}

Result<> ResultFiles::write(const std::string& path, std::string_view body, std::string_view body_file) {
  auto file = directory_.create(path);
  if (!file) return std::unexpected(std::move(file.error()));
  if (file->path() == body_file) return refused(file->path(), "the same job's callback has saved it");
  if (auto written = file->write(body); !written) return written;
  return file->commit();
}

}  // namespace nbcrawl

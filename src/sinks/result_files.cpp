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

/// The name that the job gives its file; empty: none.
std::string_view name_of(const Job& job) noexcept {
  return job.options != nullptr ? std::string_view(job.options->output) : std::string_view();
}

}  // namespace

void ResultFiles::Reserve::take() {
  for (UniqueFd& one : held_) one.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

void ResultFiles::Reserve::give_back() {
  for (UniqueFd& one : held_) one.reset();
}

Result<> ResultFiles::store(const Job& job, std::string_view body, std::string_view body_file) {
  if (body.empty() && !body_file.empty()) return {};
  const std::string_view name = name_of(job);
  if (name.empty() && !make_path_) return {};
  auto path = name.empty() ? make_path_(job) : Result<std::string>(name);
  if (!path) return std::unexpected(std::move(path.error()));
  reserve_.give_back();
  auto written = write(*path, !name.empty(), body, body_file);
  reserve_.take();
  return written;
}

void ResultFiles::claim(const Job& job) {
  if (const std::string_view name = name_of(job); !name.empty()) named_.insert(hash_(name));
}

Result<> ResultFiles::write(const std::string& path, bool is_named, std::string_view body, std::string_view body_file) {
  auto file = directory_.create(path);
  if (!file) return std::unexpected(std::move(file.error()));
  if (file->path() == body_file) return refused(file->path(), "the same job's callback has saved it");
  const std::uint64_t hash = hash_(path);
  if (is_named && named_.contains(hash)) return refused(file->path(), "another job's result stands there");
  if (auto written = file->write(body); !written) return written;
  auto committed = file->commit();
  if (committed && is_named) named_.insert(hash);
  return committed;
}

}  // namespace nbcrawl

#include "cli/file_clash.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nbcrawl {

namespace {

struct UsedFile {
  std::string use;                                       ///< "the job list", or an option
  std::string path;                                      ///< empty: of a standard descriptor
  std::optional<std::pair<dev_t, ino_t>> identity = {};  ///< none: it is not there yet
};

/// Adds a regular file, or one that is still to be made: a device or a pipe can be used twice.
void add(std::vector<UsedFile>& files, UsedFile file, int descriptor = -1) {
  struct stat status{};
  if (descriptor >= 0 ? ::fstat(descriptor, &status) == 0 : ::stat(file.path.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode)) return;
    file.identity.emplace(status.st_dev, status.st_ino);
  } else if (file.path.empty()) {
    return;
  }
  files.push_back(std::move(file));
}

bool is_same(const UsedFile& one, const UsedFile& other) {
  if (one.identity || other.identity) return one.identity == other.identity;
  return one.path == other.path;
}

std::vector<UsedFile> written_files(const FetchSettings& settings) {
  std::vector<UsedFile> files;
  if (settings.writes_standard_output()) add(files, {.use = "standard output", .path = {}}, STDOUT_FILENO);
  add(files, {.use = "--output", .path = settings.output_file});
  add(files, {.use = "--state", .path = settings.state_file});
  add(files, {.use = "--log-file", .path = settings.log_file});
  add(files, {.use = "--cookie-jar", .path = settings.options.cookies.save_file});
  return files;
}

}  // namespace

Result<> check_file_clash(const FetchSettings& settings) {
  std::vector<UsedFile> used;
  for (const std::string& list : settings.jobs) {
    const bool is_standard_input = list == "-";
    add(used, {.use = "the job list", .path = is_standard_input ? "" : list}, is_standard_input ? STDIN_FILENO : -1);
  }
  for (UsedFile& written : written_files(settings)) {
    for (const UsedFile& other : used) {
      if (!is_same(written, other)) continue;
      const std::string& path = written.path.empty() ? other.path : written.path;
      return std::unexpected(
          Error{.kind = ErrorKind::invalid_job,
                .phase = Phase::job,
                .detail = other.use + " and " + written.use + " are one file" + (path.empty() ? "" : ", " + path)});
    }
    used.push_back(std::move(written));
  }
  return {};
}

}  // namespace nbcrawl

#include "cli/file_clash.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/behind_links.hpp"
#include "state/run_state.hpp"
#include "tls/tls_context.hpp"

namespace nbcrawl {

namespace {

constexpr std::string_view cookie_option = "--cookie";
constexpr std::string_view jar_option = "--cookie-jar";
constexpr std::string_view state_option = "--state";

struct UsedFile {
  std::string use;                                       ///< "the job list", or an option
  std::string path;                                      ///< empty: of a standard descriptor
  std::optional<std::pair<dev_t, ino_t>> identity = {};  ///< none: it is not there yet
  std::filesystem::path place = {};                      ///< where it will be then, however `path` puts it
};

Error refused(std::string detail) {
  return {.kind = ErrorKind::invalid_job, .phase = Phase::job, .detail = std::move(detail)};
}

/// As far as there are folders of that name; the file itself is not there.
std::filesystem::path place_of(const std::string& path) {
  std::error_code unknown;
  const auto absolute = std::filesystem::absolute(behind_links(path), unknown);
  const auto place = unknown ? absolute : std::filesystem::weakly_canonical(absolute, unknown);
  return unknown ? std::filesystem::path(path) : place;
}

/// Adds a regular file, or one that is still to be made: a device or a pipe can be used twice.
void add(std::vector<UsedFile>& files, UsedFile file, int descriptor = -1) {
  struct stat status{};
  if (descriptor >= 0 ? ::fstat(descriptor, &status) == 0 : ::stat(file.path.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode)) return;
    file.identity.emplace(status.st_dev, status.st_ino);
  } else if (file.path.empty()) {
    return;
  } else {
    file.place = place_of(file.path);
  }
  files.push_back(std::move(file));
}

/// Adds one that is read: "-" is standard input.
void add_read(std::vector<UsedFile>& files, UsedFile file) {
  const bool is_standard_input = file.path == "-";
  if (is_standard_input) file.path.clear();
  add(files, std::move(file), is_standard_input ? STDIN_FILENO : -1);
}

bool is_same(const UsedFile& one, const UsedFile& other) {
  if (one.identity || other.identity) return one.identity == other.identity;
  return one.place == other.place;
}

/// As options name them: "-" is standard input.
std::vector<UsedFile> read_files(const FetchSettings& settings) {
  std::vector<UsedFile> files;
  for (const std::string& list : settings.jobs) files.push_back({.use = "the job list", .path = list});
  for (const std::string& value : settings.data) {
    if (value.starts_with('@')) files.push_back({.use = "the data of -d", .path = value.substr(1)});
  }
  for (const std::string& path : settings.options.cookies.load_files)
    files.push_back({.use = std::string(cookie_option), .path = path});
  return files;
}

/// Read, too, but never from standard input.
std::vector<UsedFile> configuration_files(const FetchSettings& settings) {
  const TlsOptions& tls = settings.options.tls;
  return {{.use = "--config", .path = settings.config_file},
          {.use = "--cacert", .path = tls.ca_file},
          {.use = "--cert", .path = tls.certificate_file},
          {.use = "--key", .path = tls.key_file}};
}

/// Those that are named to be written: "-" is a standard descriptor.
std::vector<UsedFile> named_outputs(const FetchSettings& settings) {
  std::vector<UsedFile> files{{.use = "--output", .path = settings.output_file}};
  if (!settings.state_file.empty()) {
    for (std::string& path : RunState::files_at(settings.state_file))
      files.push_back({.use = std::string(state_option), .path = std::move(path)});
  }
  files.push_back({.use = "--log-file", .path = settings.log_file});
  files.push_back({.use = std::string(jar_option), .path = settings.options.cookies.save_file});
  return files;
}

std::vector<UsedFile> written_files(const FetchSettings& settings) {
  std::vector<UsedFile> files;
  if (settings.writes_standard_output()) add(files, {.use = "standard output", .path = {}}, STDOUT_FILENO);
  for (UsedFile& file : named_outputs(settings)) {
    if (file.path != "-") add(files, std::move(file));  // the log and the jar stand well behind other lines
  }
  return files;
}

Result<> check_standard_input(const std::vector<UsedFile>& read) {
  const UsedFile* reader = nullptr;
  for (const UsedFile& file : read) {
    if (file.path != "-") continue;
    if (reader != nullptr) {
      return std::unexpected(refused("standard input can be read once only, and is here " + reader->use + " and " +
                                     (file.use == reader->use ? "the same again" : file.use)));
    }
    reader = &file;
  }
  return {};
}

Result<> check_file(const UsedFile& file, const std::vector<UsedFile>& used) {
  for (const UsedFile& other : used) {
    const bool may_share = (file.use == jar_option && other.use == cookie_option) ||
                           (file.use == state_option && other.use == state_option);  // by a link and by its own name
    if (may_share || !is_same(file, other)) continue;
    const std::string& path = file.path.empty() ? other.path : file.path;
    return std::unexpected(
        refused(other.use + " and " + file.use + " are one file" + (path.empty() ? "" : ", " + path)));
  }
  return {};
}

Result<> check_files(std::vector<UsedFile> used, std::vector<UsedFile> written) {
  for (UsedFile& file : written) {
    if (auto apart = check_file(file, used); !apart) return apart;
    used.push_back(std::move(file));
  }
  return {};
}

}  // namespace

Result<> check_file_clash(const FetchSettings& settings) {
  const std::vector<UsedFile> read = read_files(settings);
  if (auto once = check_standard_input(read); !once) return once;
  std::vector<UsedFile> used;
  for (const UsedFile& file : read) add_read(used, file);
  for (UsedFile& file : configuration_files(settings)) add(used, std::move(file));
  // Standard output and standard error may well be one file, and those that are written beside them, too.
  std::vector<UsedFile> messages;
  add(messages, {.use = "standard error", .path = {}}, STDERR_FILENO);
  if (auto apart = check_files(used, std::move(messages)); !apart) return apart;
  return check_files(std::move(used), written_files(settings));
}

NameCheck body_file_check(const FetchSettings& settings) {
  return [written = written_files(settings)](std::string_view path) -> Result<> {
    std::vector<UsedFile> body;
    add(body, {.use = "it", .path = std::string(path)});
    for (const UsedFile& file : written) {
      if (auto apart = check_file(file, body); !apart) return apart;
    }
    return {};
  };
}

std::vector<std::filesystem::path> own_files(const FetchSettings& settings) {
  std::vector<std::string> paths{key_log_file()};
  for (const auto& files : {read_files(settings), configuration_files(settings), named_outputs(settings)}) {
    for (const UsedFile& file : files) paths.push_back(file.path);
  }
  std::vector<std::filesystem::path> places;
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    places.push_back(behind_links("/proc/self/fd/" + std::to_string(descriptor)));
  for (const std::string& path : paths) {
    if (path.empty() || path == "-") continue;
    places.push_back(place_of(path));
    const std::filesystem::path named(path);  // it may be a link, which a page would take the place of
    places.push_back(place_of(named.has_parent_path() ? named.parent_path().string() : ".") / named.filename());
  }
  return places;
}

Result<> check_file_clash(const ServeSettings& settings) {
  std::vector<UsedFile> used;
  std::vector<UsedFile> written;
  add_read(used, {.use = "the routes file", .path = settings.routes_file});
  if (settings.access_log != "-") add(written, {.use = "--access-log", .path = settings.access_log});
  return check_files(std::move(used), std::move(written));
}

}  // namespace nbcrawl

#include "crawl/cookie_store.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/output_directory.hpp"
#include "base/read_whole.hpp"
#include "http/cookie_file.hpp"

namespace nbcrawl {

namespace {

constexpr std::size_t max_file_bytes = 64 * 1024 * 1024;

std::chrono::sys_seconds now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

/// The folder of a file and its name there.
std::pair<std::string, std::string> split(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {".", path};
  return {path.substr(0, slash + 1), path.substr(slash + 1)};
}

/// Whether a file can be made there: told before the first job, not after the last.
Result<> check_place(const std::string& path) {
  const auto [folder, name] = split(path);
  struct stat status{};
  int cause = 0;
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    cause = errno;
  } else if (name.empty() || (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode))) {
    cause = EISDIR;
  }
  if (cause == 0) return {};
  return std::unexpected(Error{.kind = ErrorKind::output_failed,
                               .phase = Phase::output,
                               .sys_errno = cause,
                               .detail = "can't write cookies to " + path + ": " + std::strerror(cause)});
}

}  // namespace

Result<CookieStore> CookieStore::open(const CookieOptions& options) {
  CookieStore store(options);
  for (const std::string& path : options.load_files) {
    auto text = read_whole(path, max_file_bytes, ErrorKind::invalid_job);
    // The first run of a series has nothing yet to begin with.
    if (!text && text.error().sys_errno == ENOENT && path == options.save_file) continue;
    if (!text) return std::unexpected(std::move(text.error()));
    if (auto read = read_cookies(*text, path, store.jar_, now()); !read)
      return std::unexpected(std::move(read.error()));
  }
  if (!options.save_file.empty()) {
    if (auto good = check_place(options.save_file); !good) return std::unexpected(std::move(good.error()));
  }
  return store;
}

std::string CookieStore::cookies_for(const Url& url) {
  return jar_.size() == 0 ? std::string() : jar_.cookies_for(url, now());
}

void CookieStore::receive(const Url& url, const Fields& fields) {
  if (options_.keep && fields.get("set-cookie")) jar_.receive(url, fields, now());
}

Result<> CookieStore::save() const {
  if (options_.save_file.empty()) return {};
  const auto [folder, name] = split(options_.save_file);
  auto directory = OutputDirectory::open(folder);
  if (!directory) return std::unexpected(std::move(directory.error()));
  auto file = directory->create(name, FileAccess::owner);
  if (!file) return std::unexpected(std::move(file.error()));
  if (auto written = file->write(write_cookies(jar_, now())); !written) return written;
  return file->commit();
}

}  // namespace nbcrawl

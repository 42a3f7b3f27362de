#include "crawl/cookie_store.hpp"

#include <cerrno>
#include <chrono>
#include <utility>

#include "base/read_whole.hpp"
#include "http/cookie_file.hpp"

namespace nbcrawl {

namespace {

constexpr std::size_t max_file_bytes = 64 * 1024 * 1024;

std::chrono::sys_seconds now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

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
    auto output = CookieOutput::open(options.save_file);
    if (!output) return std::unexpected(std::move(output.error()));
    store.output_ = std::move(*output);
  }
  return store;
}

std::string CookieStore::cookies_for(const Url& url) {
  return jar_.size() == 0 ? std::string() : jar_.cookies_for(url, now());
}

void CookieStore::receive(const Url& url, const Fields& fields) {
  if (options_.keep && fields.get("set-cookie")) jar_.receive(url, fields, now());
}

Result<> CookieStore::save(Duration patience) const {
  return output_ ? output_->write(write_cookies(jar_, now()), patience) : Result<>();
}

}  // namespace nbcrawl

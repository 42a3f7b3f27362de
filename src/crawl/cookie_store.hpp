#pragma once

#include <optional>
#include <string>
#include <utility>

#include "crawl/cookie_output.hpp"
#include "http/cookie_jar.hpp"
#include "nbcrawl/options.hpp"

namespace nbcrawl {

/// The cookies of a run: the jar, the clock, the files it begins with and ends in. Fed by each response at its end and
/// asked before each request, redirects and retries included.
class CookieStore {
 public:
  /// Reads CookieOptions::load_files. Errors: invalid_job (one that can't be read or is no such file), output_failed
  /// (save_file can't be written).
  static Result<CookieStore> open(const CookieOptions& options);

  /// The value of Cookie for a request; empty: none goes with it.
  [[nodiscard]] std::string cookies_for(const Url& url);
  /// Takes what a response set.
  void receive(const Url& url, const Fields& fields);
  /// Writes CookieOptions::save_file, if there is one (CookieOutput). Error: output_failed.
  [[nodiscard]] Result<> save(Duration patience) const;

 private:
  explicit CookieStore(CookieOptions options) : options_(std::move(options)) {}

  CookieOptions options_;
  CookieJar jar_;
  std::optional<CookieOutput> output_;
};

}  // namespace nbcrawl

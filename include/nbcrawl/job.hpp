#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nbcrawl/callback.hpp"
#include "nbcrawl/url.hpp"

namespace nbcrawl {

/// A request field given by the user.
struct Header {
  std::string name;
  std::string value = {};
};

/// What most jobs leave at its default. Kept apart so that a job which does stays small: many thousands wait in memory.
struct JobOptions {
  std::string method = {};  ///< empty: Options::method, else POST where there is a body, else GET
  std::vector<Header> headers = {};
  std::optional<std::string> body = {};
  std::string body_file = {};  ///< path of a file sent as the body; empty: none. Not beside `body` (invalid_job)
  std::optional<std::chrono::milliseconds> timeout = {};
  std::optional<std::chrono::milliseconds> connect_timeout = {};
  std::optional<std::uint64_t> max_body_bytes = {};
  std::optional<std::uint32_t> retries = {};
  std::optional<std::uint32_t> max_redirects = {};
  std::optional<std::string> proxy = {};  ///< in place of Options::proxy; "": none
  std::optional<bool> insecure = {};      ///< in place of TlsOptions::insecure
  std::string key = {};                   ///< politeness group; empty: the host
  std::string charset = {};               ///< encoding label that overrides all else; empty: none
  std::string output = {};  ///< file of the result, below Options::save_directory; empty: none. Two jobs of a
                            ///< run can't have one: the second fails with output_failed
  std::string meta = {};    ///< JSON text echoed in the record; empty: none

  [[nodiscard]] bool has_body() const noexcept { return body || !body_file.empty(); }
  /// The method as it is sent: as with curl, a body makes a POST of what names none.
  [[nodiscard]] std::string_view sent_method() const noexcept {
    if (!method.empty()) return method;
    return has_body() ? "POST" : "GET";
  }
};

/// One thing to fetch and what to do with the page. Move-only.
struct Job {
  Url url;
  /// Called with the response. Where it is empty, the named `callbacks` run instead.
  Callback callback = {};
  /// Built-in callbacks as "name" or "name:argument", run in order; empty: the run's default.
  std::vector<std::string> callbacks = {};
  /// Echoed in the record; empty: the index.
  std::string id = {};
  /// Null: all defaults.
  std::unique_ptr<JobOptions> options = {};
  /// Position in the job list, from 0. Set by the run.
  std::uint64_t index = 0;
};

}  // namespace nbcrawl

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "jobs/fault.hpp"
#include "jobs/job_object.hpp"
#include "nbcrawl/url.hpp"

namespace nbcrawl {

/// What a job with "host" has where it does not say otherwise.
struct UrlDefaults {
  std::string scheme = "http";
  std::uint16_t port = 0;  ///< 0: the scheme's own
};

/// Reads the URL of a job: its "url", or what "host", "path" (or "url" as a path), "scheme" and "port" make together.
std::optional<Fault> read_url(const JobObject& object, const UrlDefaults& defaults, Url& url);

/// "http" or "https" in JSON text.
std::optional<std::string> to_scheme(std::string_view json);

}  // namespace nbcrawl

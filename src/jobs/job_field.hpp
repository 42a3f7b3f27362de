#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace nbcrawl {

/// The fields of a job object.
enum class JobField : std::uint8_t {
  url,
  host,
  path,
  scheme,
  port,
  callback,
  id,
  method,
  headers,
  body,
  body_file,
  timeout,
  connect_timeout,
  retry,
  max_redirs,
  max_filesize,
  charset,
  output,
  key,
  meta,
};

/// The field of that name ("backcall" is "callback"). Error: a sentence that names the nearest field.
std::expected<JobField, std::string> find_job_field(std::string_view name);

std::string_view name(JobField field) noexcept;

/// What values the field takes, for error messages. Static storage.
std::string_view values(JobField field) noexcept;

}  // namespace nbcrawl

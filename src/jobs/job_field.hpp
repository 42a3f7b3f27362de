#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
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
  proxy,
  insecure,
  charset,
  output,
  key,
  meta,
};
inline constexpr std::size_t job_field_count = static_cast<std::size_t>(JobField::meta) + 1;

/// The field of that name ("backcall" is "callback").
std::optional<JobField> find_job_field(std::string_view name) noexcept;

/// Why there is no field of that name, e.g. the nearest one that there is.
std::string why_unknown(std::string_view name);

std::string_view name(JobField field) noexcept;

/// What values the field takes, for error messages. Static storage.
std::string_view values(JobField field) noexcept;

}  // namespace nbcrawl

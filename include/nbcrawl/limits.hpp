#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace nbcrawl {

/// The bounds of a run that a program may set, with their defaults. Fetched content is hostile and the run is
/// unattended: nothing grows without a bound; the main ones of those that are fixed stand in docs/promises.md.
struct Limits {
  /// Bytes of a response head (status line, fields, interim responses) and, apart from it, of trailers and of chunk
  /// framing between two bytes of body. Exceeded: header_too_large. At most `header_bytes_ceiling`.
  std::size_t max_header_bytes = 256 * 1024;
  static constexpr std::size_t header_bytes_ceiling = 1024 * 1024 * 1024;
  /// Bytes of a response body. Exceeded: body_too_large.
  std::uint64_t max_body_bytes = 64ULL * 1024 * 1024;
  /// Memory of the bodies that arrive at once and are not written as they come (`save`, `discard`); 0: half of what the
  /// machine or the container has. Above it bodies wait that are larger than this divided by Options::concurrency and
  /// than 64 KiB; but for one, so that they come to their end one after the other.
  std::uint64_t max_body_memory_bytes = 0;
  /// Bytes of one record of a job list. Exceeded: invalid_job.
  std::size_t max_job_bytes = 8 * 1024 * 1024;
  /// Nesting depth of JSON in a job list. Exceeded: invalid_job.
  std::size_t max_job_depth = 64;
  /// Jobs read ahead of those in flight, so that a host which holds the list's beginning does not hold up the rest.
  std::size_t max_waiting_jobs = 20'000;
  /// What those jobs bring along: URLs, fields, bodies, meta. Above it no further job is read.
  std::size_t max_waiting_job_bytes = 16 * 1024 * 1024;
  /// Results waiting to be written to a slow reader; above it no socket is read.
  std::size_t max_output_bytes = 1024 * 1024;
  /// Finished results held back by ordered output; above it no job is started ahead of the one that is due.
  std::size_t max_reorder_bytes = 32 * 1024 * 1024;
  /// Pages that wait for a command of the callback `exec`; above it no job is started.
  std::size_t max_waiting_pages = 256;
  /// Memory of pages that wait for a command, or are in one; above it no socket is read.
  std::size_t max_waiting_page_bytes = 32 * 1024 * 1024;
  /// Idle connections kept for reuse.
  std::size_t max_idle_connections = 4096;
  /// How long an idle connection is kept.
  std::chrono::milliseconds max_idle_time{30'000};
  /// Names in the resolver's cache; 0: there is none.
  std::size_t max_cached_names = 10'000;
};

}  // namespace nbcrawl

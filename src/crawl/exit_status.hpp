#pragma once

#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// Exit statuses of the command; where several apply, the lowest is given.
namespace exit_status {
inline constexpr int success = 0;
inline constexpr int other_failure = 1;
inline constexpr int usage = 2;  ///< of the command line or the job list
inline constexpr int file_output = 3;
inline constexpr int network = 4;
inline constexpr int tls = 5;
inline constexpr int protocol = 7;
inline constexpr int http_status = 8;
inline constexpr int callback = 9;
inline constexpr int stopped_early = 10;
inline constexpr int signal_base = 128;  ///< plus the signal's number
}  // namespace exit_status

/// The exit status a failed job calls for.
[[nodiscard]] int exit_status_of(ErrorKind kind) noexcept;

/// The lower of two statuses that stand for a failure; success is none.
[[nodiscard]] int lower_status(int a, int b) noexcept;

}  // namespace nbcrawl

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nbcrawl/error.hpp"
#include "nbcrawl/job.hpp"
#include "nbcrawl/response.hpp"

namespace nbcrawl {

/// When each step of a job's last request was done (curl's time_* variables), counted from the start of the job's last
/// try, with the redirects that it followed. Zero: the step was not reached, or not needed.
struct Timings {
  std::chrono::system_clock::time_point started_at = {};
  /// From read to started, and waits for an HTTP/2 connection's other streams; not part of total.
  std::chrono::microseconds queue{};
  std::chrono::microseconds namelookup{};
  std::chrono::microseconds connect{};
  std::chrono::microseconds appconnect{};
  std::chrono::microseconds starttransfer{};
  std::chrono::microseconds total{};
};

/// One redirect that was followed.
struct Hop {
  std::string url = {};  ///< that answered
  int status = 0;
};

/// How a job was carried out, filled in as far as it came.
struct Exchange {
  Timings timings = {};
  std::string remote_ip = {};
  std::uint16_t remote_port = 0;
  bool insecure = false;           ///< an https server was not asked for a valid certificate
  std::uint32_t num_connects = 0;  ///< connections opened for it; 0 where a kept one served
  std::uint32_t num_retries = 0;
  std::uint64_t received_bytes = 0;  ///< of the last response's body, content codings and all
  std::vector<Hop> chain = {};       ///< redirects followed, in order
};

/// The outcome of one job: what sinks see, and all they see. Every view and reference lives for the length of the
/// Sink::write() call that passes it.
struct Record {
  const Job* job = nullptr;              ///< null where a record of the job list could not be read (invalid_job)
  std::uint64_t index = 0;               ///< position in the job list
  const Response* response = nullptr;    ///< null where no response head came; a failed job's may be incomplete
  const Error* error = nullptr;          ///< null: success
  const Exchange* exchange = nullptr;    ///< null where the job never started
  std::string_view body = {};            ///< what the callbacks emitted
  std::string_view body_file = {};       ///< where they saved the page, or empty
  std::string_view charset = {};         ///< encoding decoded from, or empty
  std::string_view charset_source = {};  ///< argument, bom, content-type, meta, detected or default
  std::string_view callback = {};        ///< names of the callbacks that ran, joined with ","
  bool replayed = false;                 ///< a record of this job may have been written before: the run was continued

  [[nodiscard]] bool ok() const noexcept { return error == nullptr; }
};

}  // namespace nbcrawl

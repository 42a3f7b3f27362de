#pragma once

#include <memory>
#include <string>

#include "base/unique_fd.hpp"
#include "io/event_loop.hpp"
#include "serve/client_context.hpp"

namespace nbcrawl {

/// One line a response, text from the network escaped:
///
///     2026-11-23T06:31:00.123456Z 127.0.0.1:50000 200 1234 0.000213 GET /path HTTP/1.1
///
/// (when the response was complete, client, status, bytes of body, seconds it took, request line). Lines are written
/// once a pass of the loop. A log that can't be written to is lost; the server goes on.
class AccessLog {
 public:
  /// Appends to the file at `path`; "-" is standard error. Error: output_failed.
  static Result<std::unique_ptr<AccessLog>> open(EventLoop& loop, const std::string& path);

  void write(const Exchange& exchange);
  void flush();
  ~AccessLog() { flush(); }
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

 private:
  AccessLog(EventLoop& loop, UniqueFd file) : loop_(loop), file_(std::move(file)) {}

  EventLoop& loop_;
  UniqueFd file_;
  std::string lines_;
};

}  // namespace nbcrawl

#pragma once

#include <cstdint>
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
/// once a pass of the loop. What can't be written is lost and counted; the server goes on.
class AccessLog {
 public:
  /// Appends to the file at `path`; "-" is standard error. Error: output_failed.
  static Result<std::unique_ptr<AccessLog>> open(EventLoop& loop, const std::string& path);

  void write(const Exchange& exchange);
  void flush();
  /// Lines that were not written whole, and errno of the first.
  [[nodiscard]] std::uint64_t lost_lines() const noexcept { return lost_lines_; }
  [[nodiscard]] int cause_of_loss() const noexcept { return cause_of_loss_; }
  ~AccessLog() { flush(); }
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

 private:
  AccessLog(EventLoop& loop, UniqueFd file) : loop_(loop), file_(std::move(file)) {}

  EventLoop& loop_;
  UniqueFd file_;
  std::string lines_;
  std::uint64_t lost_lines_ = 0;
  int cause_of_loss_ = 0;
};

}  // namespace nbcrawl

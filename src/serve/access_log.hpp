#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "io/event_loop.hpp"
#include "io/line_output.hpp"
#include "serve/client_context.hpp"

namespace nbcrawl {

/// One line a response, text from the network escaped:
///
///     2026-11-23T06:31:00.123456Z 127.0.0.1:50000 200 1234 0.000213 GET /path HTTP/1.1
///
/// (when the response was complete, client, status, bytes of body, seconds it took, request line). Lines are written
/// once a pass of the loop. What can't be written, or has no reader for long, is lost and counted; the server goes on.
class AccessLog final : private Pollable {
 public:
  /// Appends to the file at `path`; "-" is standard error. Error: output_failed, also for a FIFO nobody reads.
  static Result<std::unique_ptr<AccessLog>> open(EventLoop& loop, const std::string& path);

  void write(const ServedRequest& served);
  /// Writes what there is, for two seconds at most, and counts as lost what is not taken.
  void finish();
  /// Lines that were not written whole, and errno of the first.
  [[nodiscard]] std::uint64_t lost_lines() const noexcept { return lines_.lost_lines(); }
  [[nodiscard]] int cause_of_loss() const noexcept { return lines_.cause_of_loss(); }
  ~AccessLog() override { finish(); }
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

 private:
  AccessLog(EventLoop& loop, NonblockingFd file) : loop_(loop), lines_(std::move(file)) {}

  [[nodiscard]] int fileno() const noexcept override { return lines_.fileno(); }
  void on_ready(bool /*readable*/, bool /*writable*/) override { flush(); }
  void flush();

  EventLoop& loop_;
  LineOutput lines_;
  bool flushes_soon_ = false;
  Registration registration_;  // only while a reader leaves something
};

}  // namespace nbcrawl

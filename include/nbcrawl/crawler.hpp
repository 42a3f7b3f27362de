#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "nbcrawl/job.hpp"
#include "nbcrawl/options.hpp"
#include "nbcrawl/sink.hpp"

namespace nbcrawl {

/// How a run ended.
struct Summary {
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t body_bytes = 0;   ///< of all responses, redirects and retries too, content codings removed
  std::uint64_t connections = 0;  ///< opened
  std::chrono::microseconds elapsed{};
  int stopped_by_signal = 0;        ///< number of the signal, or 0
  bool stopped_by_program = false;  ///< Crawler::stop() was called
  bool stopped_by_errors = false;   ///< more jobs failed than Options::max_errors allows
  std::optional<Error> error = {};  ///< what ended the run before its time: bad job list, results that can't be written
  int exit_status = 0;              ///< of the command line (see README): 0 where every job succeeded, 10 where those
                                    ///< before stop() did
};

/// Fetches jobs, many at once, on the thread that calls run(). All calls but stop() belong to that thread; several
/// crawlers may exist. With Options::threads other threads fetch, but a job's own callback and the sinks are called on
/// that of run() as ever, one at a time. Callbacks and sinks may call add(), add_sink() and stop(), and move the
/// crawler; they must not destroy it. One that was moved from may only be assigned to or destroyed.
class Crawler {
 public:
  explicit Crawler(Options options = {});
  ~Crawler();
  Crawler(Crawler&&) noexcept;
  Crawler& operator=(Crawler&&) noexcept;

  /// Adds a job to the end of the list; also from within a callback while run() is under way.
  void add(Job job);
  /// Adds a place for results; each gets every record, in the order they were added. Null: nothing. One that is added
  /// while run() is under way is for the next.
  void add_sink(std::unique_ptr<Sink> sink);
  /// Carries out all jobs and returns when they are done, or the run was stopped. Jobs that fail do not end it. May be
  /// called again, with what was added since; jobs that were not begun when it returned, or threw what a sink has
  /// thrown, are dropped, but not where it could not begin. SIGPIPE is blocked in the meantime, in this thread; the
  /// callback `exec` needs a SIGCHLD that is not ignored. Error, in the summary: invalid_job where an option can't be
  /// used, or it is called by a callback or sink of its own; system_failed where a thread of `Options::threads` runs
  /// out of memory.
  Summary run();

  /// Makes run() start no new job, finish what is in flight and return. What has not ended by itself after ten seconds,
  /// or when it is called again, fails with `interrupted`. From any thread, and from callbacks and sinks; not from a
  /// signal handler. Where no run is under way, it stops the next one as it begins.
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace nbcrawl

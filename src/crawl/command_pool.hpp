#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "base/log.hpp"
#include "callbacks/exec.hpp"
#include "crawl/concurrency_limit.hpp"
#include "crawl/page.hpp"
#include "io/event_loop.hpp"
#include "io/process.hpp"
#include "nbcrawl/options.hpp"

namespace nbcrawl {

/// The commands of the callback `exec`: so many run at once, the pages of the others wait in order. A command has its
/// job's max-time again, from its start, and its output the bound of a body.
class CommandPool {
 public:
  /// Gets a page back when its command is over: with its output, or callback_failed. Called from the loop.
  using OnDone = std::move_only_function<void(std::unique_ptr<Page>, Result<std::string>)>;

  /// Has others give up descriptors that they can spare. Whether some will come free.
  using MakeRoom = std::function<bool()>;

  CommandPool(EventLoop& loop, Log& log, const Options& options, OnDone on_done);

  /// Options::exec_jobs, where that says nothing: one a processor.
  [[nodiscard]] static std::size_t jobs(const Options& options) noexcept;

  void add(std::unique_ptr<Page> page, Command command);
  /// Starts what waits, as far as there is room. Where the system has none (descriptors, processes), it is tried again
  /// by the next call as long as something is under way that will free some: a command, or what `make_room` has found.
  void start_waiting(const MakeRoom& make_room);
  /// Somebody stops the run: a command that a signal ends now was stopped with it (interrupted).
  void drain() noexcept { draining_ = true; }
  /// Kills what runs; every page comes back with this error.
  void abort(const Error& error);

  [[nodiscard]] std::size_t running() const noexcept { return running_.size(); }
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }
  /// Of all its pages.
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return memory_bytes_; }
  /// Whether a page waits for descriptors or processes that others have.
  [[nodiscard]] bool is_starved() const noexcept { return starved_; }

 private:
  struct Task {
    std::unique_ptr<Page> page;
    Command command;
    std::unique_ptr<Process> process = {};  // null: it waits
  };
  using Tasks = std::list<Task>;

  Result<> start(Tasks::iterator task);
  void on_end(Tasks::iterator task, const ProcessLimits& limits, ProcessOutcome outcome);
  void end(Tasks& tasks, Tasks::iterator task, Result<std::string> result);
  [[nodiscard]] ProcessLimits limits_of(const Job& job) const noexcept;

  EventLoop& loop_;
  Log& log_;
  ProcessLimits limits_;
  OnDone on_done_;
  ConcurrencyLimit limit_;
  bool starved_ = false;
  bool draining_ = false;
  std::size_t memory_bytes_ = 0;
  Tasks waiting_;
  Tasks running_;
};

}  // namespace nbcrawl

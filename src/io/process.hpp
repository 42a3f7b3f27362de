#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/unique_fd.hpp"
#include "io/event_loop.hpp"
#include "io/spawn.hpp"

namespace nbcrawl {

/// What a process may take.
struct ProcessLimits {
  std::uint64_t max_output_bytes;
  Duration max_time;  ///< from its start
  /// Between SIGTERM and SIGKILL, where it has gone beyond a limit.
  Duration grace = std::chrono::seconds(2);
};

/// How a process ended, and what it said.
struct ProcessOutcome {
  enum class End : std::uint8_t { unknown, exited, signalled, out_of_time, too_much_output, pipe_failed, unwatched };
  End end = End::unknown;  ///< which it stays where somebody else in this process has reaped the child
  int number = 0;          ///< exit status, number of the signal, or errno
  std::string output;      ///< its standard output, up to the limit
  std::string last_line;   ///< of its standard error, the end of it where it is long; bytes as they came
};

/// A child that is given its standard input and whose standard output is collected, on the loop: nothing here waits. It
/// is over when the program itself has ended: what it leaves behind in its process group is killed then, so that
/// nothing outlives the run. Input that it does not read is no failure. One thread; SIGPIPE must be ignored or blocked.
class Process {
 public:
  using OnEnd = std::move_only_function<void(ProcessOutcome)>;

  /// `input` is borrowed until the end. `on_end` is called from the loop, once; it may not destroy the process but
  /// retire it. Errors: out_of_descriptors, those of EventLoop::watch() and of spawn(); the program has not run then.
  static Result<std::unique_ptr<Process>> start(EventLoop& loop, const Program& program, const ProcessLimits& limits,
                                                std::string_view input, OnEnd on_end);
  /// Kills its whole group at once where it has not ended.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

 private:
  /// One descriptor of the process, watched.
  class Channel final : public Pollable {
   public:
    Channel(Process& owner, void (Process::*step)()) noexcept : owner_(owner), step_(step) {}
    void own(UniqueFd fd) noexcept { fd_ = std::move(fd); }
    Result<> watch(EventLoop& loop, Interest interest);
    void close() noexcept;
    [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(fd_); }
    [[nodiscard]] int fileno() const noexcept override { return fd_.get(); }
    void on_ready(bool /*readable*/, bool /*writable*/) override { (owner_.*step_)(); }

   private:
    Process& owner_;
    void (Process::*step_)();
    UniqueFd fd_;
    Registration registration_;
  };

  Process(EventLoop& loop, const ProcessLimits& limits, std::string_view input, OnEnd on_end);

  Result<> launch(const Program& program);
  Result<> watch();
  void watch_exit();
  void write_input();
  void read_output();
  void read_complaints();
  void read_rest();
  void on_exit();
  void on_time();
  void end_early(ProcessOutcome::End end, int number = 0);
  void reap() noexcept;

  EventLoop& loop_;
  ProcessLimits limits_;
  std::string_view input_;  // what is left of it
  OnEnd on_end_;
  pid_t pid_ = -1;  // -1: reaped, or not started
  ProcessOutcome outcome_;
  bool ended_early_ = false;  // SIGTERM is sent, SIGKILL comes next
  std::string complaints_;    // the end of its standard error
  Channel stdin_;
  Channel stdout_;
  Channel stderr_;
  Channel exit_;  // a pidfd: readable when the program has ended; before it runs, our own
  Timer timer_;
};

}  // namespace nbcrawl

#include "crawl/command_pool.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include "base/quantity.hpp"
#include "base/shortened.hpp"
#include "callbacks/callback_failure.hpp"
#include "io/pending_signal.hpp"

namespace nbcrawl {

namespace {

constexpr std::size_t shown_command_bytes = 80;

/// Of what other commands, when they end, give back.
bool lacks_room(const Error& error) noexcept {
  return error.kind == ErrorKind::out_of_descriptors || error.sys_errno == EAGAIN || error.sys_errno == ENOMEM;
}

/// Whoever stops us may send the same signal to all processes of ours, as a service manager does.
bool stops_with_us(const ProcessOutcome& outcome) noexcept {
  const int signal = outcome.end == ProcessOutcome::End::signalled ? outcome.number : 0;
  return signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGKILL;
}

Error stopped_too() {
  return {.kind = ErrorKind::interrupted,
          .phase = Phase::callback,
          .detail = "the run was stopped, and the command of the job with it"};
}

std::string describe_end(const ProcessOutcome& outcome, const ProcessLimits& limits) {
  switch (outcome.end) {
    case ProcessOutcome::End::exited: return "ended with status " + std::to_string(outcome.number);
    case ProcessOutcome::End::signalled:
      return "was ended by signal " + std::to_string(outcome.number) + " (" + ::strsignal(outcome.number) + ")";
    case ProcessOutcome::End::out_of_time: {
      const auto allowed = std::chrono::duration_cast<milliseconds>(limits.max_time);
      return "was not done after " + std::to_string(allowed.count()) + " ms";
    }
    case ProcessOutcome::End::too_much_output:
      return "gave more than " + std::to_string(limits.max_output_bytes) + " bytes";
    case ProcessOutcome::End::pipe_failed:
      return std::string("lost what went through its pipes: ") + std::strerror(outcome.number);
    case ProcessOutcome::End::unwatched: return std::string("can't be waited for: ") + std::strerror(outcome.number);
    case ProcessOutcome::End::unknown: break;
  }
  return "ended, but how is not known: somebody else has reaped it";
}

}  // namespace

CommandPool::CommandPool(EventLoop& loop, Log& log, const Options& options, OnDone on_done)
    : loop_(loop),
      log_(log),
      limits_{.max_output_bytes = options.limits.max_body_bytes, .max_time = options.max_time},
      on_done_(std::move(on_done)),
      limit_(jobs(options)) {}

std::size_t CommandPool::jobs(const Options& options) noexcept {
  return options.exec_jobs > 0 ? options.exec_jobs : std::max(std::thread::hardware_concurrency(), 1U);
}

void CommandPool::add(std::unique_ptr<Page> page, Command command) {
  memory_bytes_ += page->memory_bytes();
  waiting_.push_back({.page = std::move(page), .command = std::move(command)});
}

void CommandPool::start_waiting(const MakeRoom& make_room) {
  starved_ = false;
  while (!waiting_.empty() && running_.size() < limit_.now()) {
    const auto next = waiting_.begin();
    auto started = start(next);
    if (started) {
      running_.splice(running_.end(), waiting_, next);
      continue;
    }
    Error& error = started.error();
    if (lacks_room(error) && !running_.empty()) {
      const bool was_lowered = limit_.is_lowered();
      limit_.lower(running_.size());
      if (!was_lowered)  // else the same shortage is met again and again, as it is tried
        log_.warning(error.detail + "; going on with " + std::to_string(limit_.now()) + " commands at once");
      return;
    }
    starved_ = lacks_room(error) && make_room();
    if (starved_) return;
    end(waiting_, next, std::unexpected(callback_failure(std::move(error.detail))));
  }
}

Result<> CommandPool::start(Tasks::iterator task) {
  const ProcessLimits limits = limits_of(task->page->attempt.job);
  // "--": the line may begin with a hyphen.
  const Program shell{
      .path = "/bin/sh", .arguments = {"sh", "-c", "--", task->command.line}, .environment = task->command.environment};
  auto process =
      Process::start(loop_, shell, limits, task->page->response.body,
                     [this, task, limits](ProcessOutcome outcome) { on_end(task, limits, std::move(outcome)); });
  if (!process) return std::unexpected(std::move(process.error()));
  task->process = std::move(*process);
  return {};
}

void CommandPool::on_end(Tasks::iterator task, const ProcessLimits& limits, ProcessOutcome outcome) {
  loop_.retire(std::move(task->process));
  limit_.on_done();
  if (outcome.end == ProcessOutcome::End::exited && outcome.number == 0)
    return end(running_, task, std::move(outcome.output));
  if (stops_with_us(outcome) && (draining_ || is_signal_pending(outcome.number)))
    return end(running_, task, std::unexpected(stopped_too()));
  std::string detail =
      "the command '" + shortened(task->command.line, shown_command_bytes) + "' " + describe_end(outcome, limits);
  if (!outcome.last_line.empty()) detail.append(": ").append(outcome.last_line);
  end(running_, task, std::unexpected(callback_failure(std::move(detail))));
}

void CommandPool::end(Tasks& tasks, Tasks::iterator task, Result<std::string> result) {
  std::unique_ptr<Page> page = std::move(task->page);
  tasks.erase(task);
  memory_bytes_ -= page->memory_bytes();
  on_done_(std::move(page), std::move(result));
}

void CommandPool::abort(const Error& error) {
  for (Tasks* tasks : {&running_, &waiting_}) {
    while (!tasks->empty()) {
      tasks->front().process.reset();
      end(*tasks, tasks->begin(), std::unexpected(error));
    }
  }
}

ProcessLimits CommandPool::limits_of(const Job& job) const noexcept {
  ProcessLimits limits = limits_;
  if (const JobOptions* own = job.options.get()) {
    limits.max_time = own->timeout ? Duration(bounded(*own->timeout)) : limits.max_time;
    limits.max_output_bytes = own->max_body_bytes.value_or(limits.max_output_bytes);
  }
  return limits;
}

}  // namespace nbcrawl

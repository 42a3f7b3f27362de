#include "io/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "base/descriptor_shortage.hpp"

namespace nbcrawl {

namespace {

constexpr std::size_t piece_bytes = 64 * 1024;  // what a pipe holds
constexpr int pieces_per_turn = 16;
constexpr std::size_t kept_complaints_bytes = 4096;
constexpr std::size_t last_line_bytes = 300;
/// A killed process ends as soon as the system call it is in lets it; on a dead disk that may be never.
constexpr int longest_reaping_ms = 1000;

struct Pipe {
  UniqueFd ours;
  UniqueFd theirs;
};

Error failure(std::string_view what, int cause) {
  return {
      .kind = kind_of_failed_call(cause),
      .phase = Phase::callback,
      .sys_errno = cause,
      .detail = std::string(what) + ": " + std::strerror(cause),
  };
}

/// By number: the declaration in glibc 2.36 is no C function when C++ reads it.
int open_pidfd(pid_t pid) noexcept { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

/// Not one of the numbers that the child gives to its own standard descriptors.
UniqueFd above_standard(UniqueFd fd) {
  if (fd.get() > STDERR_FILENO) return fd;
  return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

/// O_NONBLOCK is for our end alone: the two ends of a pipe are two open file descriptions.
Result<Pipe> make_pipe(bool we_write) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::unexpected(failure("pipe", errno));
  Pipe pipe{.ours = UniqueFd(ends[we_write ? 1 : 0]), .theirs = above_standard(UniqueFd(ends[we_write ? 0 : 1]))};
  if (!pipe.theirs || ::fcntl(pipe.ours.get(), F_SETFL, O_NONBLOCK) != 0)
    return std::unexpected(failure("pipe", errno));
  return pipe;
}

bool keeps_exit_status() noexcept {
  struct sigaction now{};
  return ::sigaction(SIGCHLD, nullptr, &now) == 0 && now.sa_handler != SIG_IGN && (now.sa_flags & SA_NOCLDWAIT) == 0;
}

std::string last_line_of(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  text.remove_prefix(text.rfind('\n') + 1);  // npos + 1 is 0
  return std::string(text.substr(text.size() - std::min(text.size(), last_line_bytes)));
}

}  // namespace

Result<> Process::Channel::watch(EventLoop& loop, Interest interest) {
  auto registration = loop.watch(*this, interest);
  if (!registration) return std::unexpected(std::move(registration.error()));
  registration_ = std::move(*registration);
  return {};
}

void Process::Channel::close() noexcept {
  registration_.reset();
  fd_.reset();
}

Result<std::unique_ptr<Process>> Process::start(EventLoop& loop, const Program& program, const ProcessLimits& limits,
                                                std::string_view input, OnEnd on_end) {
  std::unique_ptr<Process> process(new Process(loop, limits, input, std::move(on_end)));
  if (auto launched = process->launch(program); !launched) return std::unexpected(std::move(launched.error()));
  process->watch_exit();
  return process;
}

Process::Process(EventLoop& loop, const ProcessLimits& limits, std::string_view input, OnEnd on_end)
    : loop_(loop),
      limits_(limits),
      input_(input),
      on_end_(std::move(on_end)),
      stdin_(*this, &Process::write_input),
      stdout_(*this, &Process::read_output),
      stderr_(*this, &Process::read_complaints),
      exit_(*this, &Process::on_exit),
      timer_(loop.timers(), [this] { on_time(); }) {}

Process::~Process() {
  if (pid_ < 0) return;
  ::kill(-pid_, SIGKILL);
  pollfd ended{.fd = exit_.fileno(), .events = POLLIN, .revents = 0};
  if (exit_.is_open()) ::poll(&ended, 1, longest_reaping_ms);
  reap();
}

Result<> Process::launch(const Program& program) {
  if (!keeps_exit_status()) return std::unexpected(failure("can't start a process while SIGCHLD is ignored", ECHILD));
  auto input = make_pipe(true);
  if (!input) return std::unexpected(std::move(input.error()));
  auto output = make_pipe(false);
  if (!output) return std::unexpected(std::move(output.error()));
  auto complaints = make_pipe(false);
  if (!complaints) return std::unexpected(std::move(complaints.error()));
  stdin_.own(std::move(input->ours));
  stdout_.own(std::move(output->ours));
  stderr_.own(std::move(complaints->ours));
  if (auto watched = watch(); !watched) return watched;
  auto child =
      spawn(program, {.input = input->theirs.get(), .output = output->theirs.get(), .error = complaints->theirs.get()});
  if (!child) return std::unexpected(std::move(child.error()));
  pid_ = *child;
  timer_.arm(loop_.now() + limits_.max_time);
  return {};
}

/// Before the program runs, since it is not to be run twice: what can be short is found short here.
Result<> Process::watch() {
  exit_.own(UniqueFd(open_pidfd(::getpid())));  // holds the place of the child's
  if (!exit_.is_open()) return std::unexpected(failure("pidfd_open", errno));
  for (Channel* read : {&stdout_, &stderr_, &exit_}) {
    if (auto watched = read->watch(loop_, {.readable = true}); !watched) return watched;
  }
  write_input();  // most pages fit into the pipe at once
  if (ended_early_) return std::unexpected(failure("can't write a command's input", outcome_.number));
  if (!stdin_.is_open()) return {};
  return stdin_.watch(loop_, {.writable = true});
}

/// In the place that was held; the child's ends of the pipes are closed too by now. Where other threads have taken all
/// of that meanwhile, the program has begun nevertheless, and ends early.
void Process::watch_exit() {
  exit_.close();
  exit_.own(UniqueFd(open_pidfd(pid_)));
  const int cause = errno;
  if (exit_.is_open() && exit_.watch(loop_, {.readable = true})) return;
  end_early(ProcessOutcome::End::unwatched, exit_.is_open() ? EMFILE : cause);
  exit_.close();
  timer_.arm(loop_.now());  // no grace: that it has ended would not be heard
}

void Process::write_input() {
  for (int turn = 0; turn < pieces_per_turn && !input_.empty(); ++turn) {
    const ssize_t count = ::write(stdin_.fileno(), input_.data(), std::min(input_.size(), piece_bytes));
    if (count >= 0) {
      input_.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR) {
      // EPIPE: it does not want the rest; how it ends tells whether that is good.
      if (errno != EPIPE) end_early(ProcessOutcome::End::pipe_failed, errno);
      input_ = {};
    }
  }
  if (input_.empty()) stdin_.close();
}

void Process::read_output() {
  std::string& output = outcome_.output;
  for (int turn = 0; turn < pieces_per_turn; ++turn) {
    const std::size_t before = output.size();
    if (output.capacity() < before + piece_bytes) output.reserve(std::max(before + piece_bytes, 2 * before));
    ssize_t count = 0;
    output.resize_and_overwrite(before + piece_bytes, [&](char* bytes, std::size_t) {
      count = ::read(stdout_.fileno(), bytes + before, piece_bytes);
      return before + static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    });
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) end_early(ProcessOutcome::End::pipe_failed, errno);
    if (count <= 0) return stdout_.close();
    if (output.size() > limits_.max_output_bytes) {
      stdout_.close();
      return end_early(ProcessOutcome::End::too_much_output);
    }
  }
}

void Process::read_complaints() {
  std::array<char, kept_complaints_bytes> block;
  for (int turn = 0; turn < pieces_per_turn; ++turn) {
    const ssize_t count = ::read(stderr_.fileno(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return stderr_.close();
    complaints_.append(block.data(), static_cast<std::size_t>(count));
    if (complaints_.size() > kept_complaints_bytes) complaints_.erase(0, complaints_.size() - kept_complaints_bytes);
  }
}

void Process::on_exit() {
  // Before it is reaped: until then the group's number belongs to it and to nobody else.
  ::kill(-pid_, SIGKILL);
  reap();
  timer_.disarm();
  stdin_.close();
  exit_.close();
  read_rest();
  auto on_end = std::move(on_end_);
  on_end(std::move(outcome_));
}

/// What it wrote is in the pipes now, and fits into them.
void Process::read_rest() {
  if (stdout_.is_open()) read_output();
  stdout_.close();
  if (stderr_.is_open()) read_complaints();
  stderr_.close();
  outcome_.last_line = last_line_of(complaints_);
}

void Process::on_time() {
  if (!ended_early_) return end_early(ProcessOutcome::End::out_of_time);
  ::kill(-pid_, SIGKILL);
  if (!exit_.is_open()) on_exit();  // nothing else tells of it
}

void Process::end_early(ProcessOutcome::End end, int number) {
  if (ended_early_) return;
  ended_early_ = true;
  outcome_.end = end;
  outcome_.number = number;
  if (pid_ < 0) return;
  ::kill(-pid_, SIGTERM);
  timer_.arm(loop_.now() + limits_.grace);
}

void Process::reap() noexcept {
  siginfo_t info{};
  const auto id = static_cast<id_t>(std::exchange(pid_, -1));
  // Without WNOHANG only where there is no pidfd to ask first.
  const int options = WEXITED | (exit_.is_open() ? WNOHANG : 0);
  if (::waitid(P_PID, id, &info, options) != 0 || ended_early_) return;
  const bool exited = info.si_code == CLD_EXITED;
  outcome_.end = exited ? ProcessOutcome::End::exited : ProcessOutcome::End::signalled;
  outcome_.number = info.si_status;
}

}  // namespace nbcrawl

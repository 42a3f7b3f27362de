#include "io/spawn.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include "io/signals_blocked.hpp"

namespace nbcrawl {

namespace {

/// What execve(2) is given: pointers into the Program and into this process's environment.
class ExecVectors {
 public:
  explicit ExecVectors(const Program& program) {
    for (const std::string& argument : program.arguments) arguments_.push_back(pointer(argument));
    arguments_.push_back(nullptr);
    for (char** inherited = ::environ; inherited != nullptr && *inherited != nullptr; ++inherited) {
      if (!is_replaced(program, *inherited)) environment_.push_back(*inherited);
    }
    for (const std::string& variable : program.environment) environment_.push_back(pointer(variable));
    environment_.push_back(nullptr);
  }

  [[nodiscard]] char* const* arguments() const noexcept { return arguments_.data(); }
  [[nodiscard]] char* const* environment() const noexcept { return environment_.data(); }

 private:
  static char* pointer(const std::string& text) noexcept { return const_cast<char*>(text.c_str()); }  // it only reads

  static bool is_replaced(const Program& program, std::string_view inherited) noexcept {
    const std::string_view name = inherited.substr(0, inherited.find('=') + 1);
    return std::ranges::any_of(program.environment,
                               [name](const std::string& variable) { return variable.starts_with(name); });
  }

  std::vector<char*> arguments_;
  std::vector<char*> environment_;
};

/// All that the child needs, made before it exists.
struct Launch {
  const char* path;
  char* const* arguments;
  char* const* environment;
  StandardDescriptors descriptors;
  pid_t parent;
};

void reset_signals() noexcept {
  struct sigaction by_default{};
  by_default.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction now{};
    if (::sigaction(signal, nullptr, &now) != 0 || now.sa_handler == SIG_DFL) continue;
    // What our own parent has ignored, as nohup(1) does, stays so; these two are ignored by us.
    if (now.sa_handler == SIG_IGN && signal != SIGPIPE && signal != SIGXFSZ) continue;
    ::sigaction(signal, &by_default, nullptr);
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// The child, up to the new program. It shares our memory while we stand still (vfork(2)), and what other threads hold
/// is as it was: nothing but system calls here. Returns the cause where there is no new program.
int become(const Launch& launch) noexcept {
  if (::setpgid(0, 0) != 0) return errno;
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
  if (::getppid() != launch.parent) return ESRCH;  // it had ended before that call
  if (::dup2(launch.descriptors.input, STDIN_FILENO) < 0) return errno;
  if (::dup2(launch.descriptors.output, STDOUT_FILENO) < 0) return errno;
  if (::dup2(launch.descriptors.error, STDERR_FILENO) < 0) return errno;
  // All of ours have O_CLOEXEC; a program that embeds us may have others. Kernels before 5.11 don't know this.
  ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  reset_signals();
  ::execve(launch.path, launch.arguments, launch.environment);
  return errno;
}

/// vfork(2) in a function of its own, so that no variable of another lives on a stack that two processes use.
[[gnu::noinline]] pid_t start(const Launch& launch, volatile int& cause) noexcept {
  // fork(2) would copy the page tables of all that the crawl holds in memory, for each page.
  const pid_t child = ::vfork();  // NOLINT(bugprone-unsafe-functions,clang-analyzer-security.insecureAPI.vfork)
  if (child != 0) return child;
  cause = become(launch);  // NOLINT(clang-analyzer-unix.Vfork): system calls only
  ::_exit(127);
}

Error failure(const Program& program, int cause) {
  return {.kind = ErrorKind::system_failed,
          .phase = Phase::callback,
          .sys_errno = cause,
          .detail = "can't start " + program.path + ": " + std::strerror(cause)};
}

}  // namespace

Result<pid_t> spawn(const Program& program, StandardDescriptors descriptors) {
  const ExecVectors vectors(program);
  const Launch launch{.path = program.path.c_str(),
                      .arguments = vectors.arguments(),
                      .environment = vectors.environment(),
                      .descriptors = descriptors,
                      .parent = ::getpid()};
  volatile int cause = 0;
  pid_t child = -1;
  {
    const SignalsBlocked blocked;
    child = start(launch, cause);
    if (child < 0) cause = errno;
  }
  if (cause == 0) return child;
  const int reason = cause;
  if (child > 0) ::waitpid(child, nullptr, 0);  // it has ended
  return std::unexpected(failure(program, reason));
}

}  // namespace nbcrawl

#include "io/process.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catch2_shim.hpp"
#include "io/sigpipe_blocked.hpp"
#include "unit/io/descriptors.hpp"
#include "unit/io/every_multiplexer.hpp"
#include "unit/io/streams.hpp"

namespace nbcrawl {
namespace {

using End = ProcessOutcome::End;
constexpr ProcessLimits plenty{.max_output_bytes = 100'000'000, .max_time = std::chrono::seconds(30)};

Program shell(const std::string& command) { return {.path = "/bin/sh", .arguments = {"sh", "-c", command}}; }

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// Whether it runs no more: what it was, if it was not ours, init may take a while to reap.
bool is_dead(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string stat;
  return !std::getline(file, stat) || stat.substr(stat.rfind(')')).starts_with(") Z");
}

/// Whether it dies before long.
bool dies(pid_t pid) {
  const TimePoint last = Clock::now() + std::chrono::seconds(10);
  while (!is_dead(pid) && Clock::now() < last) ::usleep(1000);
  return is_dead(pid);
}

/// What all children that were reaped by now have used; it rises with each, however short it lived.
long page_faults_of_children() {
  rusage used{};
  REQUIRE(::getrusage(RUSAGE_CHILDREN, &used) == 0);
  return used.ru_minflt;
}

/// A loop, and one process after the other on it.
struct Runner {
  const SigpipeBlocked sigpipe_blocked;
  std::unique_ptr<EventLoop> loop;
  std::unique_ptr<Process> process;
  std::optional<ProcessOutcome> outcome;

  explicit Runner(std::optional<MultiplexerKind> kind = std::nullopt) : loop(std::move(*EventLoop::create(kind))) {}

  void start(const Program& program, std::string_view input = {}, const ProcessLimits& limits = plenty) {
    outcome.reset();
    auto started = Process::start(*loop, program, limits, input, [this](ProcessOutcome ended) {
      outcome = std::move(ended);
      loop->retire(std::move(process));
    });
    REQUIRE(started);
    process = std::move(*started);
  }
  ProcessOutcome finish() {
    while (!outcome) REQUIRE(loop->run_once());
    return std::move(*outcome);
  }
  ProcessOutcome run(const std::string& command, std::string_view input = {}, const ProcessLimits& limits = plenty) {
    start(shell(command), input, limits);
    return finish();
  }
};

TEMPLATE_TEST_CASE("a process gets its input and its output is collected", "[process]", Select, Poll, Epoll) {
  Runner runner(TestType::kind);
  const auto outcome = runner.run("tr a-z A-Z; echo done >&2", "some text");
  CHECK(outcome.end == End::exited);
  CHECK(outcome.number == 0);
  CHECK(outcome.output == "SOME TEXT");
  CHECK(outcome.last_line == "done");
  CHECK(runner.loop->watched() == 0);
}

TEMPLATE_TEST_CASE("much input and much output at once do not block each other", "[process]", Select, Poll, Epoll) {
  Runner runner(TestType::kind);
  const std::string input = pattern(0, 5'000'000);
  CHECK(runner.run("cat", input).output == input);
  CHECK(runner.run("tee /dev/stderr", input).output == input);
}

TEST_CASE("input that comes in pieces is taken as it comes", "[process]") {
  Runner runner;
  const std::string input = pattern(0, 300'000);
  CHECK(runner.run("dd bs=777 2>/dev/null", input).output == input);
}

TEST_CASE("no input is an end of input", "[process]") { CHECK(Runner().run("wc -c").output == "0\n"); }

TEST_CASE("input that is not read is no failure", "[process]") {
  Runner runner;
  const std::string input = pattern(0, 3'000'000);
  for (const char* command : {"true", "exec <&-; echo x; sleep 0.05", "head -c 10 >/dev/null"}) {
    const auto outcome = runner.run(command, input);
    CHECK(outcome.end == End::exited);
    CHECK(outcome.number == 0);
  }
}

TEST_CASE("output that is closed early ends nothing", "[process]") {
  const auto outcome = Runner().run("echo early; exec >&- 2>&-; cat >/dev/null; exit 7", pattern(0, 1'000'000));
  CHECK(outcome.output == "early\n");
  CHECK(outcome.number == 7);
}

TEST_CASE("exit statuses and signals are told apart", "[process]") {
  Runner runner;
  const auto failed = runner.run("echo one >&2; printf 'two\\n\\n' >&2; exit 3");
  CHECK(failed.end == End::exited);
  CHECK(failed.number == 3);
  CHECK(failed.last_line == "two");
  const auto killed = runner.run("kill -SEGV $$");
  CHECK(killed.end == End::signalled);
  CHECK(killed.number == SIGSEGV);
  const auto missing = runner.run("no-such-command-anywhere");
  CHECK(missing.number == 127);
  CHECK_THAT(missing.last_line, Catch::Contains("not found"));
}

TEST_CASE("only the end of what it complains is kept", "[process]") {
  const auto outcome = Runner().run("yes complaint | head -c 1000000 >&2; printf %0500d 7 >&2");
  CHECK(outcome.last_line == std::string(299, '0') + "7");
}

TEST_CASE("a program that can't be started is an error with its cause", "[process]") {
  const auto loop = std::move(*EventLoop::create(std::nullopt));
  const auto never = [](ProcessOutcome) { FAIL("it has ended"); };
  const std::size_t before = open_descriptors();
  const auto missing = Process::start(*loop, {.path = "/no/such", .arguments = {"such"}}, plenty, "", never);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::system_failed);
  CHECK(missing.error().sys_errno == ENOENT);
  CHECK(missing.error().detail == "can't start /no/such: No such file or directory");
  Program large = shell("true");
  large.environment.push_back("LARGE=" + std::string(200'000, 'x'));
  const auto refused = Process::start(*loop, large, plenty, "", never);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().sys_errno == E2BIG);
  CHECK(open_descriptors() == before);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("its environment is ours with what was added, also in place of ours", "[process]") {
  REQUIRE(::setenv("NBCRAWL_TEST_KEPT", "kept", 1) == 0);
  REQUIRE(::setenv("NBCRAWL_TEST", "old", 1) == 0);
  Program program = shell("echo \"$NBCRAWL_TEST_KEPT,$NBCRAWL_TEST\"; env | grep -c ^NBCRAWL_TEST=");
  program.environment = {"NBCRAWL_TEST=a b; echo $HOME `id`"};
  Runner runner;
  runner.start(program);
  CHECK(runner.finish().output == "kept,a b; echo $HOME `id`\n1\n");
  ::unsetenv("NBCRAWL_TEST");
  ::unsetenv("NBCRAWL_TEST_KEPT");
}

TEST_CASE("a child has no descriptor but its own three, and blocks and ignores no signal", "[process]") {
  // What nohup(1), or a shell behind whose back this runs, has ignored stays so in a child.
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT}) std::signal(signal, SIG_DFL);
  const UniqueFd leaky(::open("/dev/null", O_RDONLY));  // without O_CLOEXEC
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  Runner runner;
  CHECK(runner.run("exec ls /proc/self/fd").output == "0\n1\n2\n3\n");  // the last is what ls reads
  CHECK(runner.run("exec grep -E 'Sig(Blk|Ign)' /proc/self/status").output ==
        "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  CHECK(runner.run("kill -PIPE $$").number == SIGPIPE);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE("its ends of the pipes may wait: O_NONBLOCK is on ours alone", "[process]") {
  const auto outcome = Runner().run("for fd in 0 1 2; do grep flags /proc/$$/fdinfo/$fd; done");
  CHECK(outcome.output == "flags:\t00\nflags:\t01\nflags:\t01\n");
}

TEST_CASE("what it leaves behind in its group is killed, and not waited for", "[process]") {
  Runner runner;
  const auto outcome = runner.run("sleep 1000 & echo $!");
  CHECK(outcome.number == 0);
  CHECK(dies(std::stoi(outcome.output)));
}

TEST_CASE("beyond its time it is asked to end, then killed with its group", "[process]") {
  Runner runner;
  const ProcessLimits patient{.max_output_bytes = 1000, .max_time = milliseconds(500), .grace = milliseconds(20'000)};
  const auto asked = runner.run("trap 'echo asked; exit 0' TERM; while :; do sleep 0.01; done", "", patient);
  CHECK(asked.end == End::out_of_time);
  CHECK(asked.output == "asked\n");
  const ProcessLimits tight{.max_output_bytes = 1000, .max_time = milliseconds(500), .grace = milliseconds(50)};
  const auto deaf = runner.run("trap '' TERM; sleep 1000 & echo $!; wait; sleep 1000", "", tight);
  CHECK(deaf.end == End::out_of_time);
  CHECK(dies(std::stoi(deaf.output)));
  const auto stopped = runner.run("kill -STOP $$", "", tight);
  CHECK(stopped.end == End::out_of_time);
}

TEST_CASE("more output than it may give ends it", "[process]") {
  Runner runner;
  const ProcessLimits tight{.max_output_bytes = 1000, .max_time = std::chrono::seconds(30)};
  CHECK(runner.run("yes", "", tight).end == End::too_much_output);
  CHECK(runner.run("head -c 1001 /dev/zero", "", tight).end == End::too_much_output);
  CHECK(runner.run("head -c 1000 /dev/zero", "", tight).output.size() == 1000);
}

TEST_CASE("a process that is destroyed dies with its group and is no zombie", "[process]") {
  Runner runner;
  runner.start(shell("sleep 1000 & echo $!; wait"));
  REQUIRE(::waitpid(-1, nullptr, WNOHANG) == 0);  // there is a child, and it lives
  runner.process.reset();
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
  CHECK(runner.loop->watched() == 0);
}

TEST_CASE("nothing is started where no exit status would be kept", "[process]") {
  const auto loop = std::move(*EventLoop::create(std::nullopt));
  auto* const before = std::signal(SIGCHLD, SIG_IGN);
  const auto refused = Process::start(*loop, shell("true"), plenty, "", [](ProcessOutcome) { FAIL("it has ended"); });
  std::signal(SIGCHLD, before);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::system_failed);
  CHECK(refused.error().detail == "can't start a process while SIGCHLD is ignored: No child processes");
}

TEST_CASE("a child that somebody else reaps has no success", "[process]") {
  Runner runner;
  runner.start(shell("true"));
  REQUIRE(::waitpid(-1, nullptr, 0) > 0);
  CHECK(runner.finish().end == End::unknown);
}

TEST_CASE("without free descriptors nothing is started", "[process]") {
  Runner runner;
  const std::size_t before = open_descriptors();
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  int lowest = ::dup(0);
  ::close(lowest);
  for (int room = 0; room < 7; ++room) {
    const rlimit tight{.rlim_cur = static_cast<rlim_t>(lowest + room), .rlim_max = limit.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
    const auto started = Process::start(*runner.loop, shell("true"), plenty, "", [](ProcessOutcome) {});
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
    REQUIRE_FALSE(started);
    CHECK(started.error().kind == ErrorKind::out_of_descriptors);
    CHECK(open_descriptors() == before);
  }
}

TEST_CASE("where select can't watch all of it nothing is started, and else it runs to its end", "[process]") {
  const std::string input = GENERATE(std::string("short"), std::string(1'000'000, 'x'));
  for (int free_numbers = 0; free_numbers < 9; ++free_numbers) {
    Runner runner(MultiplexerKind::select);
    std::vector<UniqueFd> others;
    do others.push_back(duplicate_from(STDERR_FILENO, 3));
    while (others.back().get() < FD_SETSIZE - 1 - free_numbers);
    const long before = page_faults_of_children();
    std::optional<ProcessOutcome> outcome;
    const auto started = Process::start(*runner.loop, shell("cat"), plenty, input,
                                        [&](ProcessOutcome ended) { outcome = std::move(ended); });
    if (started) {
      while (!outcome) REQUIRE(runner.loop->run_once());
      CHECK(outcome->output == input);
    } else {
      CHECK(started.error().kind == ErrorKind::out_of_descriptors);
      CHECK(page_faults_of_children() == before);
    }
    CHECK(started.has_value() == (free_numbers >= 7));
  }
}

TEST_CASE("a thousand processes leave no descriptor and no child", "[process]") {
  Runner runner;
  const Program program{.path = "/bin/true", .arguments = {"true"}};
  runner.start(program);
  runner.finish();
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 1000; ++i) {
    runner.start(program, "input");
    CHECK(runner.finish().number == 0);
  }
  CHECK(open_descriptors() == before);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

}  // namespace
}  // namespace nbcrawl

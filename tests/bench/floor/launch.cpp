// bench_launch REPORT PROCESSOR COMMAND...: runs the command on that processor and writes what it took to the file
// REPORT as a line of JSON. Its peak of memory is its own: a child of the big program that measures would begin with
// that one's.

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "require.hpp"

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  require(argc >= 4, "usage: bench_launch REPORT PROCESSOR COMMAND...");
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(std::atoi(argv[2])), &one);
  require(::sched_setaffinity(0, sizeof one, &one) == 0, "sched_setaffinity");
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  require(child >= 0, "fork");
  if (child == 0) {
    ::execvp(argv[3], argv + 3);
    std::perror(argv[3]);
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  require(::wait4(child, &status, 0, &usage) == child, "wait4");
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  std::FILE* const report = std::fopen(argv[1], "w");
  require(report != nullptr, argv[1]);
  std::fprintf(report,
               "{\"wall\": %.6f, \"user\": %.6f, \"system\": %.6f, \"max_rss_kib\": %ld, \"involuntary\": %ld}\n",
               wall.count(), seconds(usage.ru_utime), seconds(usage.ru_stime), usage.ru_maxrss, usage.ru_nivcsw);
  std::fclose(report);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

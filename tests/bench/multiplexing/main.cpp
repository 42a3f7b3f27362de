// bench_multiplexing [CONNECTIONS...]: what a wake-up costs under select, poll and epoll, as a Markdown table.
// docs/multiplexing.md says how to read it.

#include <sys/resource.h>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "connections.hpp"
#include "scenarios.hpp"

namespace nbcrawl {
namespace {

constexpr std::size_t descriptors_beside_connections = 16;

/// Raises the limit of open descriptors as far as it goes and returns it.
std::size_t raise_descriptor_limit() {
  rlimit limit{};
  require(::getrlimit(RLIMIT_NOFILE, &limit) == 0, "getrlimit");
  limit.rlim_cur = limit.rlim_max;
  require(::setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
  return limit.rlim_cur;
}

std::string cell(Microseconds cost) {
  if (cost < 0) return "–";
  char text[32];
  std::snprintf(text, sizeof text, cost < 10 ? "%.2f" : cost < 100 ? "%.1f" : "%.0f", cost);
  return text;
}

void print_row(std::size_t connections, const char* active, std::size_t events, const Costs& costs) {
  const auto each = [events](Microseconds cost) { return cell(cost / static_cast<double>(events)); };
  std::printf("| %zu | %s | %s | %s | %s | %s | %s | %s |\n", connections, active, cell(costs.select).c_str(),
              cell(costs.poll).c_str(), cell(costs.epoll).c_str(), each(costs.select).c_str(), each(costs.poll).c_str(),
              each(costs.epoll).c_str());
  std::fflush(stdout);
}

void print_wake_ups(const std::vector<std::size_t>& sizes, std::size_t descriptor_limit) {
  std::puts("CPU µs a wake-up, and of that each event:\n");
  std::puts("| connections | active | select | poll | epoll | select, each | poll, each | epoll, each |");
  std::puts("|---:|---|---:|---:|---:|---:|---:|---:|");
  for (const std::size_t size : sizes) {
    if (size + descriptors_beside_connections > descriptor_limit) {
      std::fprintf(stderr, "%zu connections left out: the hard limit (ulimit -Hn) is %zu descriptors\n", size,
                   descriptor_limit);
      continue;
    }
    const Connections connections(size);
    print_row(size, "all", size, measure_busy(connections, size));
    if (size > 32) print_row(size, "32", 32, measure_busy(connections, 32));
    print_row(size, "1, asleep", 1, measure_idle(connections));
  }
}

void print_registration() {
  const Costs costs = measure_registration(Connections(64));
  std::printf("\nadd + modify + remove of one connection: select %s, poll %s, epoll %s\n", cell(costs.select).c_str(),
              cell(costs.poll).c_str(), cell(costs.epoll).c_str());
}

}  // namespace
}  // namespace nbcrawl

int main(int argc, char** argv) {
  std::vector<std::size_t> sizes;
  for (int i = 1; i < argc; ++i) {
    std::size_t size = 0;
    const char* const end = argv[i] + std::strlen(argv[i]);
    if (std::from_chars(argv[i], end, size).ptr != end || size == 0) {
      std::fprintf(stderr, "usage: %s [CONNECTIONS...]\n", argv[0]);
      return 2;
    }
    sizes.push_back(size);
  }
  if (sizes.empty()) sizes = {4, 8, 16, 32, 64, 256, 900, 4000, 16000};
  nbcrawl::print_wake_ups(sizes, nbcrawl::raise_descriptor_limit());
  nbcrawl::print_registration();
}

// bench_micro [FOLDER] [--benchmark_filter=REGEX] [--help]: what the parts cost by themselves. FOLDER holds the pages
// (.html) to read, by default those of the package debian-reference-zh-cn. docs/performance.md says more.

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "benchmarks.hpp"

namespace {

namespace fs = std::filesystem;

nbcrawl::Pages read_pages(const fs::path& folder) {
  nbcrawl::Pages pages;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().extension() != ".html") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string url = "http://127.0.0.1/" + fs::relative(entry.path(), folder).string();
    pages.push_back(
        {.url = nbcrawl::Url::parse(url).value_or(nbcrawl::Url{}), .text{std::istreambuf_iterator<char>(file), {}}});
  }
  return pages;
}

void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const fs::path folder = argc == 2 ? argv[1] : "/usr/share/debian-reference";
  if (argc > 2 || !is_directory(folder)) {
    std::fprintf(stderr, "usage: %s [FOLDER] [--benchmark_filter=REGEX]; FOLDER here: %s\n", argv[0], folder.c_str());
    return 2;
  }
  raise_descriptor_limit();
  const nbcrawl::Pages pages = read_pages(folder);
  nbcrawl::register_multiplexers();
  nbcrawl::register_responses();
  nbcrawl::register_job_lists();
  nbcrawl::register_pages(pages);
  benchmark::RunSpecifiedBenchmarks();
}

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "benchmarks.hpp"
#include "jobs/job_reader.hpp"

namespace nbcrawl {

namespace {

constexpr int jobs_in_list = 10'000;
constexpr std::size_t piece_bytes = 64 * 1024;

/// `begin`, the number of the job, `end`: for each.
std::string list_of(std::string_view begin, std::string_view end) {
  std::string list;
  for (int i = 0; i < jobs_in_list; ++i) list.append(begin).append(std::to_string(i)).append(end);
  return list;
}

int count_jobs(std::string_view list) {
  JobReader reader("list", Limits{});
  int jobs = 0;
  for (;;) {
    const JobReader::Step step = reader.next();
    if (std::holds_alternative<Job>(step)) {
      ++jobs;
    } else if (!std::holds_alternative<NeedInput>(step)) {
      return jobs;
    } else if (list.empty()) {
      reader.finish();
    } else {
      reader.feed(list.substr(0, piece_bytes));
      list.remove_prefix(std::min(piece_bytes, list.size()));
    }
  }
}

void read_list(benchmark::State& state, const std::string& list) {
  for ([[maybe_unused]] auto _ : state) {
    if (count_jobs(list) != jobs_in_list) return state.SkipWithError("jobs are missing");
  }
  state.SetItemsProcessed(state.iterations() * jobs_in_list);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(list.size()));
}

}  // namespace

void register_job_lists() {
  const auto add = [](const char* name, const std::string& list) {
    benchmark::RegisterBenchmark(name, read_list, list)->Unit(benchmark::kMicrosecond);
  };
  add("job list, 10,000 jobs/plain lines", list_of("http://www.example.org/articles/", ".html\n"));
  add("job list, 10,000 jobs/JSON, url", list_of(R"({"url": "http://www.example.org/articles/)", ".html\"}\n"));
  add("job list, 10,000 jobs/JSON, host path callback",
      list_of(R"({"host": "www.example.org", "path": "/articles/)", ".html\", \"callback\": \"decode:gb2312\"}\n"));
  add("job list, 10,000 jobs/JSON, seven fields",
      list_of(R"({"id": "job-)",
              R"(", "url": "https://www.example.org:8443/a?b=1", "callback": ["save:{host}{path}", "links"], )"
              R"("headers": {"Accept": "text/html"}, "timeout": "20s", "retry": 1, "meta": {"team": 7}})"
              "\n"));
}

}  // namespace nbcrawl

#include "state/run_state.hpp"

#include <array>
#include <utility>
#include <vector>

#include "catch2_shim.hpp"
#include "temporary_folder.hpp"

namespace nbcrawl {
namespace {

using Jobs = std::vector<std::pair<std::uint64_t, JobMark>>;

std::unique_ptr<RunState> open(const std::string& path) {
  auto state = RunState::open(path);
  REQUIRE(state);
  return std::move(*state);
}

void done(RunState& state, std::uint64_t first, std::uint64_t end, int exit_status = 0) {
  Jobs jobs;
  for (std::uint64_t index = first; index < end; ++index) jobs.emplace_back(index, JobMark::done(exit_status));
  REQUIRE(state.commit({.jobs = jobs}));
}

TEST_CASE("a job is not done until it was committed, and then for every later process", "[state]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("state");
  {
    const auto state = open(path);
    CHECK(state->mark(0) == JobMark());
    CHECK(state->mark(123'456'789) == JobMark());
    const Jobs jobs{{0, JobMark::done(0)},
                    {3999, JobMark::done(4)},
                    {4000, JobMark::done(0)},
                    {9'999'999, JobMark::done(9)},
                    {7, JobMark::perhaps_written()}};
    REQUIRE(state->commit({.jobs = jobs, .output_bytes = 12'345'678'901}));
  }
  const auto state = open(path);
  CHECK(state->mark(0)->is_done());
  CHECK(state->mark(1) == JobMark());
  CHECK(state->mark(3999)->exit_status() == 4);
  CHECK(state->mark(4000) == JobMark::done(0));
  CHECK(state->mark(9'999'999) == JobMark::done(9));
  CHECK(state->mark(7)->is_perhaps_written());
  CHECK_FALSE(state->mark(7)->is_done());
  CHECK(state->output_bytes() == 12'345'678'901);
  const auto totals = state->totals();
  REQUIRE(totals);
  CHECK(totals->succeeded == 2);
  CHECK(totals->failed == 2);
  CHECK(totals->lowest_exit_status == 4);
}

TEST_CASE("the first job that is open is found over whole blocks that are done", "[state]") {
  const TemporaryFolder folder;
  const auto state = open(folder.file("state"));
  CHECK(state->next_open(0) == 0);
  done(*state, 0, 12'001);
  done(*state, 12'002, 20'000);
  CHECK(state->next_open(0) == 12'001);
  CHECK(state->next_open(12'002) == 20'000);
  CHECK(state->next_open(50'000) == 50'000);
}

TEST_CASE("a million jobs take a byte each in the file, and little memory in a pass over them", "[state]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("state");
  {
    const auto state = open(path);
    for (std::uint64_t first = 0; first < 1'000'000; first += 1000) done(*state, first, first + 1000);
    CHECK(state->totals()->succeeded == 1'000'000);
  }
  CHECK(std::filesystem::file_size(path) < 1'100'000);
  CHECK(entries_below(folder.path()) == 1);
}

TEST_CASE("jobs that failed are opened anew, and once more only when all are done again", "[state]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("state");
  {
    const auto state = open(path);
    done(*state, 0, 10'000);
    done(*state, 5, 7, 4);
    done(*state, 9000, 9001, 8);
    REQUIRE(state->retry_failed());
    CHECK(state->mark(4) == JobMark::done(0));
    CHECK(state->mark(5)->is_perhaps_written());
    CHECK(state->mark(9000)->is_perhaps_written());
    CHECK(state->totals()->failed == 0);
    done(*state, 5, 6, 4);  // fails again
  }
  const auto state = open(path);  // the run was killed, and is continued by the same command
  REQUIRE(state->retry_failed());
  CHECK(state->mark(5) == JobMark::done(4));
  CHECK(state->mark(6)->is_perhaps_written());
  done(*state, 6, 7);
  REQUIRE(state->end_retry());  // one is left
  REQUIRE(state->retry_failed());
  CHECK(state->mark(5) == JobMark::done(4));
  done(*state, 9000, 9001);
  REQUIRE(state->retry_failed());  // whether a run has said end_retry() before or was killed
  CHECK(state->mark(5)->is_perhaps_written());
  CHECK(state->totals()->succeeded == 9'999);
  done(*state, 5, 6, 4);
  REQUIRE(state->end_retry());
  const std::array begun{std::pair{std::uint64_t{20'000}, JobMark::perhaps_written()}};
  REQUIRE(state->commit({.jobs = begun}));  // by another run, and killed
  REQUIRE(state->retry_failed());
  CHECK(state->mark(5)->is_perhaps_written());
}

TEST_CASE("what was changed since prepare() is kept by settle() alone", "[state]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("state");
  done(*open(path), 0, 3, 4);
  const std::array settings{Setting{"--callback", "decode"}};
  for (const bool settles : {false, true}) {
    const auto state = open(path);
    REQUIRE(state->prepare());
    REQUIRE(state->agree(settings));
    REQUIRE(state->retry_failed());
    REQUIRE(state->commit({.output_bytes = 7}));
    CHECK(state->totals()->failed == 0);
    if (settles) {
      REQUIRE(state->settle());
    }
  }
  const auto state = open(path);
  CHECK(state->agree(settings));
  CHECK(state->mark(2)->is_perhaps_written());
  CHECK(state->output_bytes() == 7);
}

TEST_CASE("of the marks of the list the lasting ones stay, of others the last", "[state]") {
  const TemporaryFolder folder;
  const auto state = open(folder.file("state"));
  CHECK(state->list_marks()->empty());
  REQUIRE(state->commit({.list = std::array{ListMark{.position = 100, .digest = std::string("a\0b", 3)}}}));
  CHECK(state->list_marks()->front().digest.size() == 3);
  REQUIRE(state->commit({.list = std::array{ListMark{.position = 1000, .digest = "b", .lasting = true},
                                            ListMark{.position = 1005, .digest = "c"}}}));
  REQUIRE(state->commit({.list = std::array{ListMark{.position = 1050, .digest = "d"}}}));
  REQUIRE(state->commit({}));
  const auto marks = state->list_marks();
  REQUIRE(marks);
  REQUIRE(marks->size() == 2);
  CHECK(marks->front().position == 1000);
  CHECK(marks->front().lasting);
  CHECK(marks->back().position == 1050);
  CHECK(marks->back().digest == "d");
}

TEST_CASE("a state goes on with the settings it was begun with only", "[state]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("state");
  const std::array settings{Setting{"--callback", "decode"}, Setting{"--output", ""}};
  REQUIRE(open(path)->agree(settings));
  REQUIRE(open(path)->agree(settings));
  const auto changed = open(path)->agree(std::array{Setting{"--callback", "raw"}, Setting{"--output", ""}});
  REQUIRE_FALSE(changed);
  CHECK(changed.error().kind == ErrorKind::state_failed);
  CHECK(changed.error().detail.find("begun with --callback 'decode', not 'raw'") != std::string::npos);
  const auto set = open(path)->agree(std::array{Setting{"--callback", "decode"}, Setting{"--output", "x"}});
  REQUIRE_FALSE(set);
  CHECK(set.error().detail.find("--output unset, not 'x'") != std::string::npos);
}

TEST_CASE("names that SQLite takes for something else are files", "[state]") {
  const TemporaryFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  done(*open(":memory:"), 0, 1);
  CHECK(open(":memory:")->mark(0) == JobMark::done(0));
  CHECK(std::filesystem::exists(folder.file(":memory:")));
  std::filesystem::current_path(before);
}

}  // namespace
}  // namespace nbcrawl

// What a state that can't be used is told to be, and what a kill or a full disk leaves behind.
#include <fcntl.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "base/unique_fd.hpp"
#include "catch2_shim.hpp"
#include "state/run_state.hpp"
#include "temporary_folder.hpp"

namespace nbcrawl {
namespace {

using Jobs = std::vector<std::pair<std::uint64_t, JobMark>>;

/// Why the file is refused; it must not have been changed by that.
std::string refusal(const std::string& path) {
  const std::string before = content(path);
  const auto state = RunState::open(path);
  REQUIRE_FALSE(state);
  CHECK(state.error().kind == ErrorKind::state_failed);
  CHECK(state.error().detail.find(path) != std::string::npos);
  CHECK(content(path) == before);
  return state.error().detail;
}

void sql(const std::string& path, const std::string& statements) {
  sqlite3* handle = nullptr;
  REQUIRE(::sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  REQUIRE(::sqlite3_exec(handle, statements.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  REQUIRE(::sqlite3_close(handle) == SQLITE_OK);
}

/// A state of some blocks, all its bytes in the one file.
void make_state(const std::string& path) {
  const auto state = RunState::open(path);
  REQUIRE(state);
  Jobs jobs;
  for (std::uint64_t index = 0; index < 20'000; ++index) jobs.emplace_back(index, JobMark::done(0));
  REQUIRE((*state)->commit({.jobs = jobs, .output_bytes = 20'000}));
}

TEST_CASE("a second process is refused", "[state]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("state");
  const auto first = RunState::open(path);
  REQUIRE(first);
  const auto second = RunState::open(path);
  REQUIRE_FALSE(second);
  CHECK(second.error().kind == ErrorKind::state_failed);
  CHECK(second.error().detail == "can't use the state " + path + ": another process has it open");
  CHECK((*first)->commit({.output_bytes = 1}));
}

TEST_CASE("what is no state is told and left as it is", "[state]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("file");
  SECTION("text") {
    put(path, std::string(5000, 'x'));
    CHECK(refusal(path).ends_with("it is no SQLite file, or it is damaged"));
  }
  SECTION("a database of another program") {
    sql(path, "CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)");
    CHECK(refusal(path).ends_with("it belongs to another program"));
  }
  SECTION("an empty database that another program has marked") {
    sql(path, "PRAGMA application_id=7; PRAGMA user_version=1; CREATE TABLE a (b); DROP TABLE a");
    CHECK(refusal(path).ends_with("it belongs to another program"));
  }
  SECTION("the state of a later version") {
    make_state(path);
    sql(path, "PRAGMA user_version=2");
    CHECK(refusal(path).ends_with("its format is version 2, this nbcrawl reads 1"));
  }
  SECTION("a state whose table is gone") {
    make_state(path);
    sql(path, "DROP TABLE job_block");
    CHECK(refusal(path).find("no such table") != std::string::npos);
  }
}

TEST_CASE("a place where no file can be is told", "[state]") {
  const TemporaryFolder folder;
  const auto in_folder = RunState::open(folder.path());
  REQUIRE_FALSE(in_folder);
  CHECK(in_folder.error().detail == "can't use the state " + folder.path() + ": Is a directory");
  const auto nowhere = RunState::open(folder.file("missing/state"));
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().detail.ends_with(": No such file or directory"));
  CHECK_FALSE(RunState::open(""));
  CHECK_FALSE(RunState::open("/dev/null"));
}

TEST_CASE("damage of any page is noticed when the state is opened, or harms nothing", "[state]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("state");
  make_state(path);
  const std::string whole = content(path);
  constexpr std::size_t page = 4096;
  for (std::size_t begin = 0; begin < whole.size(); begin += page) {
    CAPTURE(begin);
    std::string damaged = whole;
    damaged.replace(begin, page, page, '\xA5');
    put(path, damaged);
    const auto state = RunState::open(path);
    CHECK_FALSE(state);
  }
}

TEST_CASE("a single changed byte never makes a job done or undone", "[state]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("state");
  make_state(path);
  const std::string whole = content(path);
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    std::string damaged = whole;
    damaged[random() % damaged.size()] ^= static_cast<char>(1U << (random() % 8));
    put(path, damaged);
    auto state = RunState::open(path);
    if (!state) continue;
    const auto totals = (*state)->totals();
    if (totals) CHECK(totals->succeeded == 20'000);
  }
}

TEST_CASE("a state cut short is noticed", "[state]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("state");
  make_state(path);
  const std::string whole = content(path);
  for (const std::size_t size : {std::size_t{50}, std::size_t{4096}, whole.size() / 2, whole.size() - 1}) {
    CAPTURE(size);
    put(path, whole.substr(0, size));
    CHECK_FALSE(RunState::open(path));
  }
}

/// Commits until the small disk is full, then once more when it is larger: 0, or the number of the step that failed.
int fill_small_disk(const std::string& folder) {
  auto state = RunState::open(folder + "/state");
  if (!state) return 1;
  std::uint64_t commits = 0;
  for (Result<> done; done; ++commits) {
    if (commits == 1000) return 2;
    const Jobs jobs{{commits * 4000, JobMark::done(0)}};
    done = (*state)->commit({.jobs = jobs, .output_bytes = commits + 1});
    if (done) continue;
    if (done.error().kind != ErrorKind::state_failed || !done.error().detail.ends_with("No space left on device"))
      return 3;
    break;
  }
  if (::mount("none", folder.c_str(), "tmpfs", MS_REMOUNT, "size=1m") != 0) return 4;
  if ((*state)->totals()->succeeded != commits || (*state)->output_bytes() != commits) return 5;
  const Jobs other{{7, JobMark::done(0)}};
  if (!(*state)->commit({.jobs = other})) return 6;
  state->reset();
  state = RunState::open(folder + "/state");
  if (!state) return 7;
  return (*state)->totals()->succeeded == commits + 1 && !(*state)->mark(commits * 4000)->is_done() ? 0 : 8;
}

TEST_CASE("a commit that finds the disk full changes nothing, and a later one can succeed", "[state]") {
  constexpr int not_permitted = 77;
  const TemporaryFolder folder;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // The mount is seen by the child alone, and goes with it.
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", folder.path().c_str(), "tmpfs", 0, "size=256k") != 0)
      ::_exit(not_permitted);
    ::_exit(fill_small_disk(folder.path()));
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == not_permitted) {
    WARN("no permission to mount a small tmpfs: not tried");
    return;
  }
  CHECK(status == 0);
}

TEST_CASE("a kill at any moment leaves the state of a commit", "[state]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("state");
  std::uint64_t before = 0;
  for (int round = 0; round < 40; ++round) {
    int commits_made[2];
    REQUIRE(::pipe2(commits_made, O_CLOEXEC) == 0);
    const UniqueFd reading(commits_made[0]);
    UniqueFd writing(commits_made[1]);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      auto state = RunState::open(path);
      if (!state) ::_exit(1);
      for (std::uint64_t next = (*state)->output_bytes()->value_or(0);; ++next) {
        const Jobs jobs{{next * 3, JobMark::done(0)}, {next * 3 + 1, JobMark::done(0)}};
        if (!(*state)->commit({.jobs = jobs, .output_bytes = next + 1})) ::_exit(2);
        if (::write(writing.get(), "c", 1) != 1) ::_exit(3);
      }
    }
    writing.reset();
    // After none to three commits, however long the disk takes for one, and then at moments all over 20 ms.
    char made = 0;
    for (int i = 0; i < round % 4; ++i) REQUIRE(::read(reading.get(), &made, 1) == 1);
    std::this_thread::sleep_for(std::chrono::microseconds(round * 500));
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    const auto state = RunState::open(path);
    REQUIRE(state);
    const std::uint64_t commits = (*state)->output_bytes()->value_or(0);
    CHECK((*state)->totals()->succeeded == 2 * commits);
    CHECK(commits >= before);
    before = commits;
  }
  CHECK(before >= 60);
}

}  // namespace
}  // namespace nbcrawl

#include "sinks/result_files.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "catch2_shim.hpp"
#include "temporary_folder.hpp"

namespace nbcrawl {
namespace {

class Folder {
 public:
  Folder() {
    auto opened = OutputDirectory::open(outer_.file("out"));
    REQUIRE(opened);
    directory_ = std::make_unique<OutputDirectory>(std::move(*opened));
  }

  [[nodiscard]] const OutputDirectory& directory() const noexcept { return *directory_; }
  [[nodiscard]] std::string path(const std::string& name) const { return outer_.file("out/" + name); }
  [[nodiscard]] std::string content(const std::string& name) const { return nbcrawl::content(path(name)); }
  [[nodiscard]] std::size_t entries() const { return entries_below(outer_.file("out")); }

 private:
  TemporaryFolder outer_;
  std::unique_ptr<OutputDirectory> directory_;
};

ResultFiles files_in(const Folder& folder) {
  return ResultFiles(folder.directory(), [](const Job& job, std::string_view ending) {
    return std::string(job.url.host()) + "/page" + std::string(ending);
  });
}

Job job_with(std::string output = {}) {
  Job job{.url = *Url::parse("http://example.org/a")};
  job.options = std::make_unique<JobOptions>();
  job.options->output = std::move(output);
  return job;
}

std::string failure(const Result<>& stored) {
  REQUIRE_FALSE(stored);
  CHECK(stored.error().kind == ErrorKind::output_failed);
  return stored.error().detail;
}

TEST_CASE("each result has a file of its own", "[result_files]") {
  const Folder folder;
  ResultFiles files = files_in(folder);
  REQUIRE(files.store({.url = *Url::parse("http://example.org/a")}, "old", {}));
  REQUIRE(files.store(job_with(), "你好", {}));
  REQUIRE(files.store(job_with("named/by.job"), "other", {}));
  CHECK(folder.content("example.org/page") == "你好");
  CHECK(folder.content("named/by.job") == "other");
  CHECK(folder.entries() == 4);
}

TEST_CASE("a file of an earlier run is replaced", "[result_files]") {
  const Folder folder;
  REQUIRE(files_in(folder).store(job_with("name"), "earlier run", {}));
  REQUIRE(files_in(folder).store(job_with("name"), "this one", {}));
  CHECK(folder.content("name") == "this one");
  CHECK(folder.entries() == 1);
}

TEST_CASE("a page that a callback has saved is not written again as an empty file", "[result_files]") {
  const Folder folder;
  ResultFiles files = files_in(folder);
  REQUIRE(files.store(job_with(), "saved", {}));
  const std::string saved = folder.path("example.org/page");
  REQUIRE(files.store(job_with(), {}, saved));
  CHECK(folder.content("example.org/page") == "saved");
}

TEST_CASE("what a job emits beside the page that it has saved stands beside it", "[result_files]") {
  const Folder folder;
  ResultFiles files = files_in(folder);
  REQUIRE(files.store(job_with(), "saved", {}));
  const std::string saved = folder.path("example.org/page");
  REQUIRE(files.store(job_with(), "links", saved));
  CHECK(folder.content("example.org/page") == "saved");
  CHECK(folder.content("example.org/page#result") == "links");
  REQUIRE(files.store(job_with(), "links", folder.path("example.org/page.2")));
  CHECK(folder.content("example.org/page") == "links");
  // Where the job names its file, it is that or none.
  CHECK(failure(files.store(job_with("example.org/page"), "links", saved)) ==
        "can't write " + saved + ": the same job's callback has saved it");
  CHECK(folder.content("example.org/page") == "links");
}

TEST_CASE("a job can't name a file outside the folder", "[result_files]") {
  const Folder folder;
  ResultFiles files = files_in(folder);
  for (const char* name : {"../escaped", "/tmp/nbcrawl-escaped", "a/../../escaped"})
    CHECK_FALSE(failure(files.store(job_with(name), "x", {})).empty());
  CHECK_FALSE(std::filesystem::exists(folder.path("../escaped")));
}

}  // namespace
}  // namespace nbcrawl

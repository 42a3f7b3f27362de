#include "sinks/directory_sink.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "catch2_shim.hpp"
#include "temporary_folder.hpp"
#include "unit/sinks/sample_record.hpp"

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

DirectorySink sink_into(const Folder& folder) {
  return {folder.directory(), [](const Job& job) { return std::string(job.url.host()) + "/page"; }};
}

TEST_CASE("each result has a file of its own", "[directory_sink]") {
  const Folder folder;
  DirectorySink sink = sink_into(folder);
  SampleRecord sample;
  REQUIRE(sink.write(sample.record));
  sample.job.options->output = "named/by.job";
  sample.record.body = "other";
  REQUIRE(sink.write(sample.record));
  REQUIRE(sink.finish());
  CHECK(folder.content("example.org/page") == "你好");
  CHECK(folder.content("named/by.job") == "other");
  CHECK(folder.entries() == 4);
}

TEST_CASE("a failed job leaves the file that stood there", "[directory_sink]") {
  const Folder folder;
  DirectorySink sink = sink_into(folder);
  SampleRecord sample;
  REQUIRE(sink.write(sample.record));
  sample.record.body = "half of a";
  sample.fail(ErrorKind::truncated_body, "it ended early");
  REQUIRE(sink.write(sample.record));
  CHECK(folder.content("example.org/page") == "你好");
  CHECK(folder.entries() == 2);
}

TEST_CASE("a record without a job has no file", "[directory_sink]") {
  const Folder folder;
  DirectorySink sink = sink_into(folder);
  const Error error{.kind = ErrorKind::invalid_job, .phase = Phase::job};
  REQUIRE(sink.write({.error = &error}));
  CHECK(folder.entries() == 0);
}

TEST_CASE("a page that a callback has saved is not written again as an empty file", "[directory_sink]") {
  const Folder folder;
  DirectorySink sink = sink_into(folder);
  SampleRecord sample;
  REQUIRE(sink.write(sample.record));
  const std::string saved = folder.path("example.org/page");
  sample.record.body_file = saved;
  sample.record.body = {};
  REQUIRE(sink.write(sample.record));
  CHECK(folder.content("example.org/page") == "你好");
  // With something else emitted, there are two contenders for one name.
  sample.record.body = "links";
  const auto written = sink.write(sample.record);
  REQUIRE_FALSE(written);
  CHECK(written.error().kind == ErrorKind::output_failed);
  CHECK(written.error().detail == "can't write " + saved + ": the same job's callback has saved it");
  CHECK(folder.content("example.org/page") == "你好");
}

TEST_CASE("a job can't name a file outside the folder", "[directory_sink]") {
  const Folder folder;
  DirectorySink sink = sink_into(folder);
  SampleRecord sample;
  for (const char* name : {"../escaped", "/tmp/nbcrawl-escaped", "a/../../escaped"}) {
    sample.job.options->output = name;
    const auto written = sink.write(sample.record);
    REQUIRE_FALSE(written);
    CHECK(written.error().kind == ErrorKind::output_failed);
  }
  CHECK_FALSE(std::filesystem::exists(folder.path("../escaped")));
}

}  // namespace
}  // namespace nbcrawl

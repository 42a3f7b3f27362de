#include "crawl/file_names.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catch2_shim.hpp"
#include "temporary_folder.hpp"

namespace nbcrawl {
namespace {

/// The names of one run, whose jobs save their pages under {host}{path} unless they say otherwise.
class Names {
 public:
  explicit Names(OwnNames own_names) : names_(pages_, &files_, own_names) {}

  /// What the job of that path may not write; empty: its file is its own.
  std::string refusal(const std::string& path, const std::string& save_template = {}, const std::string& output = {}) {
    Job job{.url = *Url::parse("http://example.org/" + path), .index = next_index_++};
    if (!save_template.empty()) job.callbacks = {"save:" + save_template};
    if (!output.empty()) {
      job.callbacks = {"decode"};
      job.options = std::make_unique<JobOptions>(JobOptions{.output = output});
    }
    const auto claimed = names_.claim(job);
    if (claimed) return {};
    CHECK(claimed.error().kind == ErrorKind::output_failed);
    return claimed.error().detail;
  }

 private:
  static OutputDirectory opened(const std::string& path) {
    auto directory = OutputDirectory::open(path);
    REQUIRE(directory);
    return std::move(*directory);
  }

  TemporaryFolder folder_;
  OutputDirectory directory_ = opened(folder_.path());
  ResultFiles files_{directory_,
                     [](const Job&, std::string_view) { return std::string("never asked: the page is saved"); }};
  Callbacks callbacks_{&directory_};
  PageHandler pages_{callbacks_, {.callbacks = {"save"}}};
  FileNames names_;
  std::uint64_t next_index_ = 0;
};

const std::string taken = "can't write example.org:80/a# below the output folder: it is another job's file";

TEST_CASE("a file belongs to the first job that has its name, however it came by it", "[file_names]") {
  const auto own_names = GENERATE(OwnNames::some, OwnNames::unknown);
  const std::vector<std::vector<std::string>> ways{
      {"a", "", ""}, {"b", "example.org:80/a#", ""}, {"c", "{host}/a#", ""}, {"d", "", "example.org:80/a#"}};
  for (const auto& first : ways) {
    for (const auto& second : ways) {
      Names names(own_names);
      CHECK(names.refusal(first[0], first[1], first[2]).empty());
      CHECK(names.refusal("other").empty());
      const bool is_of_one_url = first == second && first[2].empty();
      CHECK(names.refusal(second[0], second[1], second[2]) == (is_of_one_url ? "" : taken));
    }
  }
}

TEST_CASE("what is named after a URL is that URL's, whatever its fragment", "[file_names]") {
  Names names(OwnNames::some);
  CHECK(names.refusal("a").empty());
  CHECK(names.refusal("a#part").empty());
  CHECK(names.refusal("a", "{host}{path}").empty());
  CHECK(names.refusal("b", "pages/{host}{path}").empty());
  CHECK(names.refusal("b#part", "pages/{host}{path}").empty());
  CHECK_FALSE(names.refusal("b?query", "pages/{host}/b#").empty());
}

TEST_CASE("names that nobody can give twice are not kept, and none is given twice for it", "[file_names]") {
  Names names(OwnNames::unknown);
  const auto pages = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) REQUIRE(names.refusal(std::to_string(i)).empty());
  };
  pages(FileNames::most_remembered);
  SECTION("the first name of a job's own comes in time") {
    CHECK(names.refusal("x", "x").empty());
    pages(2 * FileNames::most_remembered);
    CHECK_FALSE(names.refusal("y", "x").empty());
    CHECK_FALSE(names.refusal("y", "example.org:80/0#").empty());
    CHECK(names.refusal("y", "y").empty());
  }
  SECTION("it comes too late") {
    pages(FileNames::most_remembered + 1);
    const std::string too_late =
        "can't write x below the output folder: the names of the jobs before it are forgotten, "
        "for none of the first 65536 named its file";
    CHECK(names.refusal("x", "x") == too_late);
    CHECK(names.refusal("x", "x") == too_late);
    pages(1);
  }
}

}  // namespace
}  // namespace nbcrawl

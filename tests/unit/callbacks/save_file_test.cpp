#include "callbacks/save_file.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "catch2_shim.hpp"
#include "temporary_folder.hpp"

namespace nbcrawl {
namespace {

namespace fs = std::filesystem;

struct Folder {
  TemporaryFolder root;
  std::string out = root.file("out");
  OutputDirectory directory = *OutputDirectory::open(out);

  [[nodiscard]] Result<SaveFile> open(std::string_view url, std::string_view save_template = {}) const {
    const auto parsed = Url::parse(url);
    REQUIRE(parsed.has_value());
    return SaveFile::open(directory, save_template, {}, *parsed);
  }

  [[nodiscard]] Result<std::string> save(std::string_view url, std::string_view text) const {
    auto file = open(url);
    if (!file) return std::unexpected(file.error());
    if (auto written = file->write(text); !written) return std::unexpected(written.error());
    return file->commit();
  }
};

TEST_CASE("a page that arrives in pieces is there as a whole once it is committed") {
  const Folder folder;
  auto file = folder.open("https://example.org/docs/a.html");
  REQUIRE(file.has_value());
  REQUIRE(file->write("one ").has_value());
  REQUIRE(file->write("").has_value());
  REQUIRE(file->write("two").has_value());
  CHECK_FALSE(fs::exists(folder.out + "/example.org/docs/a.html"));
  CHECK(file->commit() == folder.out + "/example.org/docs/a.html");
  CHECK(content(folder.out + "/example.org/docs/a.html") == "one two");
}

TEST_CASE("a download that fails leaves the file of an earlier one, and nothing of its own") {
  const Folder folder;
  REQUIRE(folder.save("https://example.org/a.html", "old").has_value());
  {
    auto file = folder.open("https://example.org/a.html");
    REQUIRE(file.has_value());
    REQUIRE(file->write("half").has_value());
  }
  CHECK(content(folder.out + "/example.org/a.html") == "old");
  CHECK(entries_below(folder.out) == 2);
}

TEST_CASE("a page and the pages below it are all saved, in either order") {
  const Folder folder;
  const std::vector<std::string> urls = {"https://h/a",   "https://h/a/b", "https://h/a/",         "https://h/c.d/e",
                                         "https://h/c.d", "https://h/",    "https://h/index.html", "https://h//"};
  for (const std::string& url : urls) REQUIRE(folder.save(url, url).has_value());
  for (const std::string& url : urls) {
    const auto again = folder.save(url, url + " again");
    REQUIRE(again.has_value());
    CHECK(content(*again) == url + " again");
  }
}

TEST_CASE("pages with hostile paths are saved, each in its file, and nothing outside the folder") {
  const Folder folder;
  const std::vector<std::string> urls = {"https://h/../../x",
                                         "https://h/%2e%2e%2f%2e%2e%2fx",
                                         "https://h/..\\..\\y",
                                         "https://h//etc/passwd",
                                         "https://h/a%00b",
                                         "https://h/-rf",
                                         "https://h/.",
                                         "https://h/...",
                                         "https://h/%ff",
                                         "https://h/\xff.x",
                                         "https://h/a?../../../../x",
                                         "https://h/a?\\",
                                         "https://h/A",
                                         "https://h/a",
                                         "https://h/.nbcrawl-0011223",
                                         "https://h/" + std::string(300, 'n'),
                                         "https://h/?" + std::string(5000, 'q')};
  std::size_t files = 0;
  for (const std::string& url : urls) {
    INFO(url);
    const auto saved = folder.save(url, url);
    REQUIRE(saved.has_value());
    CHECK(content(*saved) == url);
  }
  for (const auto& entry : fs::recursive_directory_iterator(folder.out)) files += entry.is_regular_file() ? 1 : 0;
  CHECK(files == urls.size());
  CHECK(fs::relative(folder.out, folder.root.path()) == "out");
  CHECK(std::distance(fs::directory_iterator(folder.root.path()), {}) == 1);
}

TEST_CASE("what stands in the way of a saved page is told, and left alone") {
  const Folder folder;
  REQUIRE(folder.save("https://h/a.x/b.y", "old").has_value());
  auto file = folder.open("https://h/", "{host}/a.x#");
  REQUIRE(file.has_value());
  const auto committed = file->commit();
  REQUIRE_FALSE(committed.has_value());
  CHECK(committed.error().kind == ErrorKind::output_failed);
  CHECK_THAT(committed.error().detail, Catch::Matchers::Contains(folder.out + "/h/a.x#"));
  CHECK(content(folder.out + "/h/a.x#/b.y") == "old");
}

TEST_CASE("a template that joins two dots is refused when it is used") {
  const Folder folder;
  const auto file = folder.open("https://h/?.", ".{query}/x");
  REQUIRE_FALSE(file.has_value());
  CHECK(file.error().kind == ErrorKind::output_failed);
  CHECK(fs::is_empty(folder.out));
}

TEST_CASE("a bad template is refused before anything is created") {
  const Folder folder;
  const auto file = folder.open("https://h/", "{nope}");
  REQUIRE_FALSE(file.has_value());
  CHECK(file.error().kind == ErrorKind::invalid_job);
  CHECK(fs::is_empty(folder.out));
}

}  // namespace
}  // namespace nbcrawl

// Two URLs never share a file: over many URLs, made of what is known to trick mappings of this kind and of random
// bytes.
#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <random>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "callbacks/save_template.hpp"
#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

std::vector<std::string> nasty_segments() {
  std::vector<std::string> segments = {
      "",       "a",      "A",     "a.b",   "a.B",   "index.html", "INDEX.HTML", "index",        "index.htm",
      "-rf",    "%2Drf",  ".x",    "%2Ex",  "..x",   "x.",         "...",        "%2e%2e%2f",    "%2F",
      "%2f",    "%5C",    "a%2Fb", "a%00b", "%ff",   "%FF",        "\xff",       "%EF%BF%BD",    "a%23",
      "%23",    "%2523",  "%",     "%%",    "%zz",   "a b",        "a%20b",      "a+b",          "\xC3\xA9",
      "%C3%A9", "~",      "CON",   "a:b",   "a*b",   "a|b",        "a\"b",       "a'b",          "[x]",
      "{host}", "{path}", "$HOME", "`id`",  "a;b=c", "2F",         "2Ex",        "index%2ehtml", ".nbcrawl-00",
      ".git",   "443",    "https", "a,b",   "@a"};
  for (const std::size_t size : {220U, 221U, 222U, 253U, 254U, 255U, 256U, 300U}) {
    segments.emplace_back(size, 'x');
    segments.push_back(std::string(size, 'x') + ".y");
    segments.push_back(std::string(size, 'x') + "z");
  }
  return segments;
}

std::vector<std::string> nasty_queries() {
  return {"",
          "?",
          "??",
          "?a",
          "?A",
          "?a=1",
          "?index.html",
          "?/",
          "?%2F",
          "?%2f",
          "?\\",
          "?%5C",
          "?2F",
          "?../../x",
          "?a?b",
          "?a b",
          "?a%20b",
          "?a.b/",
          "?a.b/c.d",
          "?\xff",
          "?%FF",
          "?//",
          "?#",
          "?{path}",
          "?'",
          "?%27",
          "?" + std::string(254, 'x'),
          "?" + std::string(255, 'x'),
          "?" + std::string(256, 'x')};
}

constexpr std::array<std::string_view, 12> origins = {
    "http://h",       "https://h",       "http://h:443",  "https://h:80",      "http://h:8080", "https://h:8080",
    "http://[::1]:1", "https://example", "https://h.a.b", "https://h.a.b:444", "https://h.",    "http://https"};

std::string joined(std::string_view before, std::string_view behind) {
  return std::string(before).append("/").append(behind);
}

/// Maps URLs with the default template and holds the names against each other.
class Names {
 public:
  void add(std::string_view input) {
    const auto url = Url::parse(input);
    if (!url || !seen_.emplace(url->href_without_fragment()).second) return;
    const auto expanded = expand_save_template("", {}, *url);
    REQUIRE(expanded.has_value());
    const auto [place, is_new] = urls_.emplace(*expanded, url->href_without_fragment());
    if (!is_new) FAIL(url->href() << " and " << place->second << " are both " << *expanded);
    check_components(*expanded);
  }

  void check_no_file_is_a_folder() const {
    for (const auto& [path, url] : urls_) {
      if (folders_.contains(path)) FAIL(path << " is the file of " << url << " and a folder");
    }
  }

  [[nodiscard]] std::size_t size() const { return urls_.size(); }

 private:
  void check_components(const std::string& path) {
    for (std::size_t begin = 0; begin <= path.size();) {
      const std::size_t end = std::min(path.find('/', begin), path.size());
      const std::string_view name = std::string_view(path).substr(begin, end - begin);
      const bool harmless =
          !name.empty() && name.size() <= 255 && name.front() != '.' && name.front() != '-' &&
          std::ranges::all_of(name, [](char byte) { return byte > ' ' && byte < 0x7F && byte != '\\'; });
      if (!harmless) FAIL("'" << name << "' in " << path);
      if (end < path.size()) folders_.insert(path.substr(0, end));
      begin = end + 1;
    }
  }

  std::set<std::string, std::less<>> seen_;
  std::map<std::string, std::string> urls_;
  std::set<std::string, std::less<>> folders_;
};

TEST_CASE("no two URLs made of nasty parts share a file, and no file is another's folder") {
  const auto segments = nasty_segments();
  const auto queries = nasty_queries();
  Names names;
  for (const std::string& first : segments) {
    for (const std::string& query : queries) names.add(joined("https://h", first).append(query));
    for (const std::string& second : segments) {
      const std::string path = joined(first, second);
      names.add("https://h/" + path);
      names.add("https://h/a.b/" + path);
      names.add(joined("https://h", path).append("?a.b/c"));
    }
    for (const std::string_view origin : origins) names.add(joined(origin, first));
  }
  names.check_no_file_is_a_folder();
  CHECK(names.size() > 10'000);
}

TEST_CASE("no two random URLs share a file, and no file is another's folder") {
  std::mt19937 random(20);
  const auto pick = [&random](const auto& from) { return from[random() % std::size(from)]; };
  constexpr std::string_view bytes = "//..?-?-##%%25efEF\\aA&=:@ +~{}[]\"'\x01\x7f\xc3\xa9\xff";
  Names names;
  for (int i = 0; i < 200'000; ++i) {
    std::string url = std::string(pick(origins)) + "/";
    for (auto length = random() % 10; length > 0; --length) url += pick(bytes);
    names.add(url);
  }
  names.check_no_file_is_a_folder();
  CHECK(names.size() > 100'000);
}

TEST_CASE("a name that looks like a shortened one is not taken for it") {
  Names names;
  const std::string tail(300, 'x');
  const auto shortened = expand_save_template("", {}, *Url::parse("https://h/" + tail));
  REQUIRE(shortened.has_value());
  const std::string name = shortened->substr(2);
  REQUIRE(name.size() == 255);
  names.add("https://h/" + tail);
  names.add("https://h/" + name);
  names.add("https://h/" + name.substr(0, 221) + "%23%23" + name.substr(223));
  names.add("https://h/" + name.substr(0, 221) + "?" + name.substr(223));
  names.add("https://h/" + tail + "/");
  names.add("https://h/" + tail + "/" + tail);
  names.check_no_file_is_a_folder();
  CHECK(names.size() == 6);
}

}  // namespace
}  // namespace nbcrawl

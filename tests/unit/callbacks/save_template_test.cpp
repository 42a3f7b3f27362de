#include "callbacks/save_template.hpp"

#include <string>
#include <string_view>

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

using std::string_literals::operator""s;

std::string expanded(std::string_view save_template, std::string_view url, const Job& job = {}) {
  const auto parsed = Url::parse(url);
  REQUIRE(parsed.has_value());
  const auto path = expand_save_template(save_template, job, *parsed);
  REQUIRE(path.has_value());
  return *path;
}

struct Mapping {
  std::string_view url;
  std::string_view path;
};

TEST_CASE("a page is saved under its host and its path") {
  const auto [url, path] = GENERATE(values<Mapping>({
      {"https://example.org/docs/intro.html", "example.org/docs/intro.html"},
      {"https://example.org", "example.org/index.html"},
      {"https://example.org/docs/", "example.org/docs/index.html"},
      {"https://example.org/%7Euser/a%20b.html", "example.org/%7Euser/a%20b.html"},
      {"https://example.org/a.html#part", "example.org/a.html"},
      {"https://user:secret@example.org/a.html", "example.org/a.html"},
      {"https://中国.example/网.html", "xn--fiqs8s.example/%E7%BD%91.html"},
  }));
  CHECK(expanded("", url) == path);
  CHECK(expanded("{host}{path}", url) == path);
}

TEST_CASE("the query is a part of the file's name") {
  const auto [url, path] = GENERATE(values<Mapping>({
      {"https://example.org/a.cgi?x=1&y=2", "example.org/a.cgi?x=1&y=2"},
      {"https://example.org/a?x=1", "example.org/a?x=1"},
      {"https://example.org/?x=1", "example.org/index.html?x=1"},
      {"https://example.org/index.html?x=1", "example.org/index#.html?x=1"},
      {"https://example.org/a?", "example.org/a?"},
      {"https://example.org/a?to=/b/../c", "example.org/a?to=#2Fb#2F..#2Fc"},
      {"https://example.org/a?to=%2Fb", "example.org/a?to=%2Fb"},
      {"https://example.org/a?\\..\\b", "example.org/a?#5C..#5Cb"},
      {"https://example.org/a??b", "example.org/a??b"},
  }));
  CHECK(expanded("", url) == path);
}

TEST_CASE("a name with a dot is a file's and one without is a folder's; what is otherwise ends in #") {
  const auto [url, path] = GENERATE(values<Mapping>({
      {"https://example.org/a", "example.org/a#"},
      {"https://example.org/a/b", "example.org/a/b#"},
      {"https://example.org/v1.2/a.html", "example.org/v1.2#/a.html"},
      {"https://example.org/a.php", "example.org/a.php"},
      {"https://example.org/a.php/b", "example.org/a.php#/b#"},
      {"https://example.org//a.html", "example.org/#/a.html"},
      {"https://example.org/a//", "example.org/a/#/index.html"},
      {"https://example.org/index.html", "example.org/index#.html"},
      {"https://example.org/index.html/", "example.org/index.html#/index.html"},
  }));
  CHECK(expanded("", url) == path);
}

TEST_CASE("the host's folder tells ports and schemes apart") {
  const auto [url, path] = GENERATE(values<Mapping>({
      {"https://example.org/a.b", "example.org/a.b"},
      {"https://example.org:443/a.b", "example.org/a.b"},
      {"http://example.org/a.b", "example.org:80/a.b"},
      {"http://example.org:8080/a.b", "example.org:8080/a.b"},
      {"http://example.org:443/a.b", "example.org:443/a.b"},
      {"https://example.org:8080/a.b", "example.org:8080:https/a.b"},
      {"https://example.org:80/a.b", "example.org:80:https/a.b"},
      {"http://[::1]:8080/a.b", "[::1]:8080/a.b"},
      {"https://[::1]/a.b", "[::1]/a.b"},
      {"https://example.org./a.b", "example.org./a.b"},
  }));
  CHECK(expanded("", url) == path);
}

TEST_CASE("hostile paths stay names below the host's folder") {
  const auto [url, path] = GENERATE(values<Mapping>({
      {"https://example.org/../../etc/passwd", "example.org/etc/passwd#"},
      {"https://example.org/%2e%2e/%2e%2e/etc/passwd", "example.org/etc/passwd#"},
      {"https://example.org/%2e%2e%2fetc%2fpasswd", "example.org/%2e%2e%2fetc%2fpasswd#"},
      {"https://example.org/..%5c..%5cx", "example.org/#2E.%5c..%5cx"},
      {"https://example.org/..\\..\\x.y", "example.org/x.y"},
      {"https://example.org//etc/passwd", "example.org/#/etc/passwd#"},
      {"https://example.org/a%00.html", "example.org/a%00.html"},
      {"https://example.org/\xff\xfe.html", "example.org/%FF%FE.html"},
      {"https://example.org/%ff%fe.html", "example.org/%ff%fe.html"},
      {"https://example.org/-rf", "example.org/#2Drf#"},
      {"https://example.org/.htaccess", "example.org/#2Ehtaccess"},
      {"https://example.org/.git/config", "example.org/#2Egit#/config#"},
      {"https://example.org/...", "example.org/#2E.."},
      {"https://example.org/A.html", "example.org/A.html"},
      {"https://../a.b", "#2E./a.b"},
      {"https://-x/a.b", "#2Dx/a.b"},
  }));
  const auto parsed = Url::parse(url);
  INFO(url);
  CHECK(expanded("", url) == path);
}

TEST_CASE("a name of more than 255 bytes is cut and ends in a hash of all of it") {
  const std::string stem(250, 'x');
  const std::string url = "https://example.org/";
  CHECK(expanded("", url + stem + ".html") == "example.org/" + stem + ".html");  // 255
  // printf '%s' "$(printf 'x%.0s' {1..251}).html" | sha256sum
  CHECK(expanded("", url + stem + "x.html") ==
        "example.org/" + std::string(221, 'x') + "##32a843a683e58f3c5d8aefc53a795516");
}

TEST_CASE("every variable stands for a part of the URL or of the job") {
  const std::string url = "http://example.org:8080/a/b.html?x=1";
  Job job;
  job.index = 7;
  CHECK(expanded("{scheme}-{port}/{index}{path}", url, job) == "http-8080/7/a/b.html?x=1");
  CHECK(expanded("q/{query}.txt", url, job) == "q/x=1.txt");
  CHECK(expanded("{id}.html", url, job) == "7.html");
  job.id = "a1";
  CHECK(expanded("{id}.html", url, job) == "a1.html");
}

TEST_CASE("an id is one name, whatever is in it") {
  const auto [id, path] = GENERATE(table<std::string, std::string>({
      {"../../etc/passwd", "#2E.#2F..#2Fetc#2Fpasswd"},
      {"/etc/passwd", "#2Fetc#2Fpasswd"},
      {".", "#2E"},
      {"..", "#2E."},
      {"-rf", "#2Drf"},
      {"a\\b", "a#5Cb"},
      {"a\nb c\x7f", "a#0Ab#20c#7F"},
      {"a\0b"s, "a#00b"},
      {"#2F", "#232F"},
      {"100%", "100%"},
      {"第一页", "第一页"},
      {"\xc2\x9b\xff\xed\xa0\x80", "#C2#9B#FF#ED#A0#80"},
  }));
  Job job;
  job.id = id;
  CHECK(expanded("{id}", "https://example.org/", job) == path);
  CHECK(expanded("pages/{id}.html", "https://example.org/", job) == "pages/" + path + ".html");
}

TEST_CASE("a long id is cut between characters") {
  Job job;
  for (int i = 0; i < 100; ++i) job.id += "页";
  const std::string name = expanded("ab{id}", "https://example.org/", job);
  CHECK(name.size() == 2 + 219 + 2 + 32);
  CHECK_THAT(name, Catch::Matchers::StartsWith("ab页页") && Catch::Matchers::Contains("页##"));
}

TEST_CASE("a template's own slashes make folders, never an empty one") {
  const std::string url = "https://example.org/a.html";
  CHECK(expanded("{path}", url) == "a.html");
  CHECK(expanded("{host}/{path}", url) == "example.org/a.html");
  CHECK(expanded("x//y{path}", url) == "x/y/a.html");
  CHECK(expanded("{query}/{host}", url) == "example.org");
  CHECK(expanded("{host}/{query}", url) == "example.org/index.html");
  CHECK(expanded("{query}", url) == "index.html");
  CHECK(expanded(".cache/{host}.html", url) == ".cache/example.org.html");
}

TEST_CASE("a template that can't be expanded is refused with its fault") {
  const auto [save_template, fault] = GENERATE(table<std::string, std::string>({
      {"{hots}{path}", "unknown variable {hots}; did you mean {host}?"},
      {"{Path}", "unknown variable {Path}; did you mean {path}?"},
      {"{}", "unknown variable {}; there are {host} {path} {query} {scheme} {port} {id} {index}"},
      {"{filename}", "unknown variable {filename}; there are {host} {path} {query} {scheme} {port} {id} {index}"},
      {"{host", "'{' without a '}' behind it"},
      {"{host{path}", "'{' without a '}' behind it"},
      {"{host}}", "'}' without a '{' before it"},
      {"a}", "'}' without a '{' before it"},
      {"/tmp/{host}", "it begins with '/'; it is a path below the output folder"},
      {"{host}/", "it ends in '/' and names no file; append {path} or {index}"},
      {"../{host}", "'.' and '..' can't be a part of it"},
      {"{host}/../x", "'.' and '..' can't be a part of it"},
      {"{host}/..", "'.' and '..' can't be a part of it"},
      {"./{host}", "'.' and '..' can't be a part of it"},
      {"a\0b"s, "it holds a NUL"},
  }));
  const auto checked = check_save_template(save_template);
  REQUIRE_FALSE(checked.has_value());
  CHECK(checked.error().kind == ErrorKind::invalid_job);
  CHECK(checked.error().phase == Phase::job);
  CHECK(checked.error().detail == fault);
  const auto path = expand_save_template(save_template, {}, *Url::parse("https://example.org/"));
  REQUIRE_FALSE(path.has_value());
  CHECK(path.error().detail == fault);
}

TEST_CASE("good templates pass the check") {
  for (const std::string_view save_template :
       {"", "{host}{path}", "a", "a..b/{id}", "..{id}", "{scheme}/{host}/{port}/{index}-{query}"}) {
    INFO(save_template);
    CHECK(check_save_template(save_template).has_value());
  }
}

}  // namespace
}  // namespace nbcrawl

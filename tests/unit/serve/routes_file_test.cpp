#include "serve/routes_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

#include "base/unique_fd.hpp"
#include "catch2_shim.hpp"
#include "temporary_folder.hpp"

using namespace nbcrawl;

namespace {

/// What loading these routes complains about, after the file's name.
std::string complaint(const std::string& json) {
  const TemporaryFolder folder;
  folder.write("page", "page");
  const std::string path = folder.write("routes.json", json);
  const auto loaded = load_routes(path);
  if (loaded) return "";
  CHECK(loaded.error().detail.starts_with(path + ":"));
  return loaded.error().detail.substr(path.size());
}

std::string route_complaint(const std::string& object) { return complaint(R"({"routes": {"/a": )" + object + "}}"); }

Answer ask(RoutesFile& file, const std::string& target) {
  Request request;
  request.method = "GET";
  request.target = target;
  Answer answer;
  file.routes.answer(request, answer);
  return answer;
}

}  // namespace

TEST_CASE("every kind of route is read and answers as it says") {
  const TemporaryFolder folder;
  folder.write("site/page.html", "<p>page</p>");
  folder.write("site/utf8.txt", "中文");
  folder.write("docs/index.html", "index");
  const std::string path = folder.write("routes.json", R"({
    "listen": "127.0.0.1:8080",
    "routes": {
      "/text": {"text": ["<p>", "é</p>"], "charset": "iso-8859-1", "label": "utf-8", "headers": {"X-A": ["1", "2"]}},
      "/gb": {"text_file": "site/utf8.txt", "charset": "gb2312", "type": "text/plain"},
      "/bare": {"text": "x", "label": ""},
      "/file": {"file": "site/page.html", "status": 404},
      "/docs/": {"directory": "docs", "delay_ms": 20},
      "/old": {"redirect": "/new", "status": 308},
      "/gone": {"status": 410, "close": true},
      "/chunks": {"text": "abc", "chunks": 3, "methods": ["GET", "POST"]}
    }
  })");
  auto file = load_routes(path);
  REQUIRE(file);
  REQUIRE(file->listen);
  CHECK(file->listen->to_string() == "127.0.0.1:8080");

  Answer answer = ask(*file, "/text");
  CHECK(answer.status == 200);
  CHECK(answer.memory() == "<p>\n\xE9</p>\n");
  CHECK(answer.field_lines == "Content-Type: text/html; charset=utf-8\r\nX-A: 1\r\nX-A: 2\r\n");

  answer = ask(*file, "/gb");
  CHECK(answer.memory() == "\xD6\xD0\xCE\xC4");
  CHECK(answer.field_lines == "Content-Type: text/plain; charset=gb2312\r\n");

  CHECK(ask(*file, "/bare").field_lines == "Content-Type: text/html\r\n");

  answer = ask(*file, "/file");
  CHECK(answer.status == 404);
  CHECK(answer.file);
  CHECK(answer.file_bytes == 11);
  CHECK(answer.field_lines == "Content-Type: text/html\r\n");

  answer = ask(*file, "/docs/");
  CHECK(answer.file_bytes == 5);
  CHECK(answer.delay == milliseconds{20});
  CHECK(ask(*file, "/docs").status == 301);
  CHECK(ask(*file, "/docs/none").status == 404);

  answer = ask(*file, "/old");
  CHECK(answer.status == 308);
  CHECK(answer.field_lines.find("Location: /new\r\n") != std::string::npos);

  answer = ask(*file, "/gone");
  CHECK(answer.status == 410);
  CHECK(answer.close);
  CHECK(answer.memory() == "410 Gone\n");

  CHECK(ask(*file, "/chunks").chunks == 3);
}

TEST_CASE("what is not JSON is named with line and column") {
  CHECK(complaint("").starts_with(":1:1: "));
  CHECK(complaint("{\n  \"routes\": {,\n}").starts_with(":2:14: "));
  CHECK(complaint("{\"routes\": {}} x").starts_with(":1:16: "));
  CHECK(complaint("[]") == ": must be an object with the key routes");
  CHECK(complaint("{}") == ": the key routes is missing");
  CHECK(complaint(R"({"routes": {"/a": {"text": "x"}, "/a": {"text": "y"}}})") == ": the key \"/a\" stands twice");
  CHECK(complaint(R"({"routes": {"/a": {"text": [[[[[[[[[["x"]]]]]]]]]]}}})") == ": nested too deeply");
  CHECK(complaint(R"({"routes": {"/a": {"status": 1e999}}})") == ": a number is too large");
}

TEST_CASE("what is unknown or wrong is named with its key") {
  CHECK(complaint(R"({"routes": {}, "port": 1})") == ": port: unknown key; known are listen and routes");
  CHECK(complaint(R"({"routes": []})") == ": routes: must be an object of paths");
  for (const char* address :
       {R"("localhost:80")", R"("127.0.0.1")", R"("127.0.0.1:x")", R"("127.0.0.1:65536")", R"("::1:80")", "80"}) {
    CAPTURE(address);
    CHECK(complaint(std::string(R"({"routes": {}, "listen": )") + address + "}")
              .starts_with(": listen: must be an IP address and a port"));
  }
  CHECK(complaint(R"({"routes": {"a": {"text": "x"}}})") == ": routes[\"a\"]: a path begins with \"/\"");
  CHECK(route_complaint("3") == ": routes[\"/a\"]: must be an object");
  CHECK(route_complaint(R"({"txt": "x"})").starts_with(": routes[\"/a\"].txt: unknown key; did you mean text?"));
  CHECK(route_complaint(R"({"zzzzzz": "x"})").starts_with(": routes[\"/a\"].zzzzzz: unknown key; known are text, "));
  CHECK(route_complaint("{}").starts_with(": routes[\"/a\"]: needs one of "));
  CHECK(route_complaint(R"({"text": "x", "file": "page"})").starts_with(": routes[\"/a\"]: has more than one of "));
}

TEST_CASE("bad values are refused") {
  for (const char* object : {
           R"({"text": 3})",
           R"({"text": ["x", 3]})",
           R"({"text": "x", "methods": ["get"]})",
           R"({"text": "x", "methods": ["GET", "PROPFIND"]})",
           R"({"redirect": ""})",
           R"({"redirect": "/a b"})",
           R"({"redirect": "/é"})",
           R"({"text": "x", "status": 199})",
           R"({"text": "x", "status": 600})",
           R"({"text": "x", "status": "200"})",
           R"({"text": "x", "status": 200.5})",
           R"({"text": "x", "status": 18446744073709551615})",
           R"({"text": "x", "delay_ms": -1})",
           R"({"text": "x", "delay_ms": 99999999999999999999})",
           R"({"text": "x", "chunks": 0})",
           R"({"text": "x", "close": 1})",
           R"({"text": "x", "methods": []})",
           R"({"text": "x", "methods": ["GET /"]})",
           R"({"text": "x", "charset": "utf-9"})",
           R"({"text": "中", "charset": "iso-8859-1"})",
           R"({"text": "x", "label": "a\r\nX: y"})",
           R"({"text": "x", "type": "a\nb"})",
           R"({"text": "x", "headers": {"A B": "c"}})",
           R"({"text": "x", "headers": {"A": "b\r\nc"}})",
           R"({"text": "x", "headers": {"A": 1}})",
           R"({"text": "x", "headers": {"content-length": "1"}})",
           R"({"text": "x", "headers": {"Transfer-Encoding": "chunked"}})",
           R"({"redirect": "/x\r\nA: b"})",
           R"({"redirect": "/x", "status": 200})",
           R"({"file": "page", "charset": "utf-8"})",
           R"({"status": 204, "label": "x"})",
           R"({"file": "missing"})",
           R"({"file": "."})",
           R"({"text_file": "missing"})",
           R"({"directory": "."})",
       }) {
    CAPTURE(object);
    CHECK(route_complaint(object).starts_with(": routes[\"/a\"]."));
  }
  CHECK(route_complaint(R"({"text": "x", "status": 204})") ==
        ": routes[\"/a\"].text: a response with status 204 has no content");
  CHECK(route_complaint(R"({"text_file": "page", "status": 205})") ==
        ": routes[\"/a\"].text_file: a response with status 205 has no content");
  CHECK(route_complaint(R"({"file": "page", "status": 304})") ==
        ": routes[\"/a\"].file: a response with status 304 has no content");
  CHECK(route_complaint(R"({"status": 205})").empty());
  CHECK(route_complaint(R"({"directory": "."})") ==
        ": routes[\"/a\"].directory: the path of a directory begins and ends with \"/\", unlike \"/a\"");
  CHECK(route_complaint(R"({"file": "missing"})").ends_with("/missing: No such file or directory"));
  CHECK(complaint(R"({"routes": {"/a/": {"directory": "missing"}}})").ends_with("/missing: No such file or directory"));
  CHECK(complaint(R"({"routes": {"/a/": {"directory": "page"}}})").ends_with("/page: Not a directory"));
}

TEST_CASE("a routes file that is not there is named") {
  const auto loaded = load_routes("/nonexistent/routes.json");
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().detail == "can't read /nonexistent/routes.json: No such file or directory");
}

TEST_CASE("a routes file may come through a pipe") {
  std::array<int, 2> ends;
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  const UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  constexpr std::string_view json = R"({"routes": {"/a": {"text": "piped"}}})";
  REQUIRE(::write(writing.get(), json.data(), json.size()) == static_cast<ssize_t>(json.size()));
  writing.reset();
  auto file = load_routes("/dev/fd/" + std::to_string(reading.get()));
  REQUIRE(file);
  CHECK(ask(*file, "/a").memory() == "piped");
}

TEST_CASE("files without an end are refused, as routes file and as text") {
  const auto loaded = load_routes("/dev/zero");
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().detail == "can't read /dev/zero: more than 67108864 bytes");
  CHECK(route_complaint(R"({"text_file": "/dev/zero"})") ==
        ": routes[\"/a\"].text_file: can't read /dev/zero: more than 67108864 bytes");
}

TEST_CASE("an address to listen on has its port, and its brackets where it is IPv6") {
  CHECK(parse_listen_address("0.0.0.0:0")->to_string() == "0.0.0.0:0");
  CHECK(parse_listen_address("[::1]:8080")->to_string() == "[::1]:8080");
  CHECK_FALSE(parse_listen_address("[127.0.0.1]:80"));
  CHECK_FALSE(parse_listen_address(":80"));
  CHECK_FALSE(parse_listen_address("127.0.0.1:"));
}

// What is wrong with a job, in words: file, line, column, field, what was expected and what stands there.
#include <string>

#include "catch2_shim.hpp"
#include "list_outcome.hpp"

using namespace std::string_literals;
using job_list::Outcomes;
using job_list::read;

namespace {

struct Case {
  std::string list;
  std::string error;  // behind "list:"
};

void check(std::initializer_list<Case> cases) {
  for (const Case& c : cases) {
    const Outcomes outcomes = read(c.list);
    INFO(c.list);
    REQUIRE_FALSE(outcomes.empty());
    std::string first = outcomes.back();
    for (const std::string& outcome : outcomes) {
      if (outcome.find("error") != std::string::npos) {
        first = outcome;
        break;
      }
    }
    CHECK(first.substr(first.find("list:") + 5) == c.error);
  }
}

const std::string url = R"({"url": "http://a/", )";

}  // namespace

TEST_CASE("broken JSON is reported at its byte, with what was expected there") {
  check({
      {"[{\"url\": \"http://a/\"}, {\"url\": }]", "1:32: expected a value, got '}'"},
      {"[{\"url\": \"http://a/\"}\n {\"url\": \"http://b/\"}]", "2:2: expected ',' or ']', got '{'"},
      {"[{\"url\": \"http://a/\"},]", "1:23: expected a value, got ']'"},
      {"[\n  {'url': 1}\n]", "2:4: expected a field name in double quotes or '}', got '''"},
      {"[\n  {\"url\": \"http://a/\",}\n]", "2:23: expected a field name in double quotes, got '}'"},
      {"[\n{\"url\" \"http://a/\"}]", "2:8: expected ':', got '\"'"},
      {"[{\"url\": \"http://a/\" \"id\": 1}]", "1:22: expected ',' or '}', got '\"'"},
      {"[{\"url\": \"http://a/\n\"}]", "1:20: expected '\"' at the end of the string, got end of line"},
      {"[{\"url\": \"http://a/\t\"}]", "1:20: expected '\"' at the end of the string, got a tab"},
      {"[{\"url\": \"http://a/\\q\"}]", "1:21: expected one of \" \\ / b f n r t u after '\\', got 'q'"},
      {"[{\"url\": True}]", "1:10: expected a value, got 'T'"},
      {"[{\"timeout\": 05}]", "1:15: expected ',' or '}', got '5'"},
      {"[{\"url\": \xe2\x80\x9chttp://a/\xe2\x80\x9d}]", "1:10: expected a value, got byte 0xe2"},
      {"[{\"id\": \"\xc3\xa9\xc3\xa9\", url: 1}]", "1:15: expected a field name in double quotes, got 'u'"},
      {"[] x", "1:4: expected nothing more after the end of the list, got 'x'"},
      {"[]\n[]", "2:1: expected nothing more after the end of the list, got '['"},
  });
}

TEST_CASE("a list that ends too early is reported at its end") {
  check({
      {"[", "1:2: expected a job object or ']', got end of input"},
      {"[\n", "2:1: expected a job object or ']', got end of input"},
      {"[{\"url\": \"http://a/\"}", "1:22: expected ',' or ']', got end of input"},
      {"[{\"url\": \"http://a/\"},\n", "2:1: expected a job object, got end of input"},
      {"[{\"url\": \"http://a", "1:19: expected '\"' at the end of the string, got end of input"},
      {"[{\"url\": \"http://a/\\u00", "1:24: expected a hexadecimal digit, got end of input"},
      {"[{\"url\": tr", "1:12: expected true, false or null, got end of input"},
      {"[1", "1:3: expected ',' or ']', got end of input"},
      {"{", "1:2: expected a field name in double quotes or '}', got end of input"},
      {"{\"url\": \"http://a/\"\n", "2:1: expected ',' or '}', got end of input"},
      {"{\"jo", "1:5: expected '\"' at the end of the string, got end of input"},
      {"{\"jobs\"", "1:8: expected ':', got end of input"},
      {"{\"jobs\":", "1:9: expected '[' of the list of jobs, got end of input"},
      {"{\"jobs\": []", "1:12: expected ',' or '}', got end of input"},
      {"{\"defaults\":", "1:13: expected '{' of the defaults, got end of input"},
      {"{\"defaults\": {}", "1:16: expected ',' and \"jobs\", got end of input"},
      {"{\"defaults\": {},", "1:17: expected \"defaults\" or \"jobs\", got end of input"},
  });
}

TEST_CASE("the object around a list holds defaults and jobs in this order, once") {
  check({
      {R"({"jobs": [], "defaults": {}})", "1:14: \"defaults\" must stand before \"jobs\""},
      {R"({"jobs": [], "jobs": []})", "1:14: field \"jobs\" stands twice"},
      {R"({"defaults": {}, "defaults": {}})", "1:18: field \"defaults\" stands twice"},
      {R"({"defaults": {}, "job": []})",
       "1:18: unknown field \"job\" beside the jobs: only \"defaults\" may stand there"},
      {R"({"defaults": {}})", "1:16: expected ',' and \"jobs\", got '}'"},
      {R"({"jobs": {}})", "1:10: expected '[' of the list of jobs, got '{'"},
      {R"({"defaults": []})", "1:14: expected '{' of the defaults, got '['"},
      {R"({"jobs" []})", "1:9: expected ':', got '['"},
      {R"({"jobs": [], 1})", "1:14: expected \"defaults\" or \"jobs\", got '1'"},
      {R"({"jobs": []]})", "1:12: expected ',' or '}', got ']'"},
      {R"({"jobs": []} {})", "1:14: expected nothing more after the end of the list, got '{'"},
      {R"({"defaults": {"tiemout": 1}, "jobs": []})", "1:15: unknown field \"tiemout\"; did you mean \"timeout\"?"},
      {R"({"defaults": {"url": "http://a/"}, "jobs": []})", "1:22: url: has no default; it belongs in a job"},
      {R"({"defaults": {"id": 1}, "jobs": []})", "1:21: id: has no default; it belongs in a job"},
      {R"({"defaults": {"scheme": "ftp"}, "jobs": []})", "1:25: scheme: expected \"http\" or \"https\", got \"ftp\""},
      {R"({"defaults": {"port": 0}, "jobs": []})", "1:23: port: expected a whole number from 1 to 65535, got 0"},
  });
}

TEST_CASE("an unknown field is named with the nearest known one") {
  check({
      {"[\n  {\"url\": \"http://a/\",\n   \"calback\": \"raw\"}\n]",
       "3:4: unknown field \"calback\"; did you mean \"callback\"?"},
      {R"({"ulr": "http://a/"})", "1:2: unknown field \"ulr\"; did you mean \"url\"?"},
      {R"({"URL": "http://a/"})",
       "1:2: unknown field \"URL\"; known are url host path scheme port callback id method headers body body_file "
       "timeout "
       "connect_timeout retry max_redirs max_filesize proxy insecure charset output key meta"},
      {url + R"("max-filesize": 1})", "1:22: unknown field \"max-filesize\"; did you mean \"max_filesize\"?"},
      {url + R"("": 1})",
       "1:22: unknown field \"\"; known are url host path scheme port callback id method headers body body_file "
       "timeout "
       "connect_timeout retry max_redirs max_filesize proxy insecure charset output key meta"},
      {url + "\"" + std::string(50, 'x') + "\": 1}",
       "1:22: unknown field \"" + std::string(40, 'x') +
           "...\"; known are url host path scheme port callback id method headers body body_file timeout "
           "connect_timeout retry max_redirs max_filesize proxy insecure charset output key meta"},
  });
}

TEST_CASE("a field of a later version is not passed over in silence") {
  check({
      {url + R"("retry": -1})", "1:31: retry: expected a whole number from 0 to 1000, got -1"},
      {url + R"("max_redirs": 1001})", "1:36: max_redirs: expected a whole number from 0 to 1000, got 1001"},
      {url + R"("proxy": 8080})", "1:31: proxy: expected the URL of a proxy, or \"\" for none"},
      {url + R"("insecure": 1})", "1:34: insecure: expected true or false, got 1"},
  });
}

TEST_CASE("a field that stands twice is an error, however it is written") {
  check({
      {url + R"("url": "http://b/"})", "1:22: field \"url\" stands twice"},
      {url + R"("\u0075rl": "http://b/"})", "1:22: field \"url\" stands twice"},
      {url + R"("id": 1, "id": 1})", "1:31: field \"id\" stands twice"},
      {url + R"("callback": "raw", "backcall": "raw"})",
       "1:41: field \"backcall\" stands twice (\"backcall\" is \"callback\")"},
      {url + R"("meta": {"a": [{"b": 1, "b": 2}]}})", "1:46: meta: a name stands twice in one object: \"b\": 2}]}"},
  });
}

TEST_CASE("a value of the wrong kind names field, what was expected and what stands there") {
  const std::string duration = "expected a duration above zero such as 10, \"1.5s\" or \"500ms\", got ";
  const std::string size = "expected a number of bytes above zero such as 5000000, \"500k\" or \"64M\", got ";
  check({
      {"[1]", "1:2: expected a job object, got 1"},
      {"[\"http://a/\"]", "1:2: expected a job object, got \"http://a/\""},
      {"[[]]", "1:2: expected a job object, got a list"},
      {R"({"url": 1})", "1:9: url: expected a URL in a string, got 1"},
      {R"({"url": null})", "1:9: url: expected a URL in a string, got null"},
      {R"({"url": "http://a/\ud800"})", "1:9: url: expected a URL in a string, got \"http://a/\\ud800\""},
      {R"({"host": ["a"]})",
       "1:10: host: expected a host name or address in a string, perhaps with a port, got a list"},
      {url + R"("id": 1.5})", "1:28: id: expected a string that is not empty, or a whole number, got 1.5"},
      {url + R"("id": 1e3})", "1:28: id: expected a string that is not empty, or a whole number, got 1e3"},
      {url + R"("id": ""})", "1:28: id: expected a string that is not empty, or a whole number, got \"\""},
      {url + R"("id": {}})", "1:28: id: expected a string that is not empty, or a whole number, got an object"},
      {url + R"("callback": 7})", "1:34: callback: expected a name, or a list of one name or more, got 7"},
      {url + R"("callback": []})", "1:34: callback: expected a name, or a list of one name or more, got a list"},
      {url + R"("callback": ["raw", 1]})",
       "1:34: callback: expected a name, or a list of one name or more, got a list"},
      {url + R"("callback": ""})", "1:34: callback: expected a name, or a list of one name or more, got \"\""},
      {url + R"("method": "GE T"})", "1:32: method: expected an HTTP method other than CONNECT, got \"GE T\""},
      {url + R"("method": "GET\r\nX: y"})",
       "1:32: method: expected an HTTP method other than CONNECT, got \"GET\\r\\nX: y\""},
      {url + R"("method": ""})", "1:32: method: expected an HTTP method other than CONNECT, got \"\""},
      {url + R"("method": "connect"})", "1:32: method: expected an HTTP method other than CONNECT, got \"connect\""},
      {url + R"("body": {"a": 1}})", "1:30: body: expected a string, got an object"},
      {url + R"("body": "x", "body_file": "f"})",
       "1:48: body_file: \"body\" stands already; only one of them can be sent"},
      {url + R"("body_file": "a\u0000b"})", "1:35: body_file: expected a file name, got \"a\\u0000b\""},
      {url + R"("output": ""})", "1:32: output: expected a file name, got \"\""},
      {url + R"("timeout": "soon"})", "1:33: timeout: " + duration + "\"soon\""},
      {url + R"("timeout": 0})", "1:33: timeout: " + duration + "0"},
      {url + R"("timeout": -1})", "1:33: timeout: " + duration + "-1"},
      {url + R"("timeout": 1e999})", "1:33: timeout: " + duration + "1e999"},
      {url + R"("connect_timeout": true})", "1:41: connect_timeout: " + duration + "true"},
      {url + R"("max_filesize": "1.5G"})", "1:38: max_filesize: " + size + "\"1.5G\""},
      {url + R"("max_filesize": 0})", "1:38: max_filesize: " + size + "0"},
      {url + R"("charset": 1})", "1:33: charset: expected the name of an encoding, got 1"},
      {url + R"("key": ""})", "1:29: key: expected a string that is not empty, got \"\""},
      {url + R"("meta": ["\ud800"]})", "1:31: meta: half a surrogate pair in \"\\ud800\"]"},
      {url + "\"key\": [\"" + std::string(100, 'k') + "\"]}",
       "1:29: key: expected a string that is not empty, got a list"},
      {R"({"host": "h", "scheme": ")" + std::string(100, 's') + "\"}",
       "1:25: scheme: expected \"http\" or \"https\", got \"" + std::string(39, 's') + "..."},
  });
}

TEST_CASE("host, path and url must fit together") {
  const std::string host = "1:10: host: expected a host name or address in a string, perhaps with a port, got ";
  check({
      {"{}", "1:1: a job needs \"url\" or \"host\""},
      {"[{\"id\": 1}]", "1:2: a job needs \"url\" or \"host\""},
      {R"({"url": "/x"})", "1:9: url: a path needs \"host\" beside it"},
      {R"({"path": "/x"})", "1:10: path: needs \"host\" beside it"},
      {url + R"("port": 81})", "1:30: port: needs \"host\" beside it"},
      {url + R"("scheme": "http"})", "1:32: scheme: needs \"host\" beside it"},
      {R"({"host": "h", "url": "http://g/"})", "1:22: url: beside \"host\" it is the path and must begin with '/'"},
      {R"({"host": "h", "url": "/a", "path": "/b"})", "1:36: path: \"url\" gives the path already"},
      {R"({"host": "h", "path": "x"})", "1:23: path: expected a string that begins with '/', got \"x\""},
      {R"({"host": "h", "path": ""})", "1:23: path: expected a string that begins with '/', got \"\""},
      {R"({"host": "h:80", "port": 81})", "1:26: port: \"host\" gives a port already"},
      {R"({"host": "h", "port": "80"})", "1:23: port: expected a whole number from 1 to 65535, got \"80\""},
      {R"({"host": "h", "port": 65536})", "1:23: port: expected a whole number from 1 to 65535, got 65536"},
      {R"({"host": "h", "port": 80.0})", "1:23: port: expected a whole number from 1 to 65535, got 80.0"},
      {R"({"host": "h", "scheme": "ftp"})", "1:25: scheme: expected \"http\" or \"https\", got \"ftp\""},
      {R"({"host": ""})", host + "\"\""},
      {R"({"host": "h/x"})", host + "\"h/x\""},
      {R"({"host": "http://h"})", host + "\"http://h\""},
      {R"({"host": "user@h"})", host + "\"user@h\""},
      {R"({"host": "h\\x"})", host + "\"h\\\\x\""},
      {R"({"host": "h#x"})", host + "\"h#x\""},
      {R"({"host": "h?x"})", host + "\"h?x\""},
      {R"({"host": "a b"})", host + "\"a b\""},
      {R"({"host": "a\r\nb"})", host + "\"a\\r\\nb\""},
  });
}

TEST_CASE("headers that would break the request are refused, and their values are not shown") {
  check({
      {url + R"("headers": ["A: b"]})", "1:33: headers: expected an object of field names and values, got a list"},
      {url + R"("headers": {"A B": "x"}})", "1:34: headers: \"A B\" is no name of a header field"},
      {url + R"("headers": {"": "x"}})", "1:34: headers: \"\" is no name of a header field"},
      {url + R"("headers": {"A:": "x"}})", "1:34: headers: \"A:\" is no name of a header field"},
      {url + R"("headers": {"content-length": "1"}})",
       "1:34: headers: \"content-length\" can't be set; it follows from the body"},
      {url + R"("headers": {"Transfer-Encoding": "chunked"}})",
       "1:34: headers: \"Transfer-Encoding\" can't be set; it follows from the body"},
      {url + R"("headers": {"A\r\nB": "x"}})", "1:34: headers: \"A\\r\\nB\" is no name of a header field"},
      {url + R"("headers": {"A": "secret\r\nB: c"}})", "1:39: headers: the value of \"A\" has a control character"},
      {url + R"("headers": {"A": "secret\u0000"}})", "1:39: headers: the value of \"A\" has a control character"},
      {url + "\"headers\": {\"A\": [\"x\", \"secret\x7f\"]}}",
       "1:39: headers: the value of \"A\" has a control character"},
      {url + R"("headers": {"A": 17}})",
       "1:39: headers: expected a string or a list of strings for \"A\", got a number"},
      {url + R"("headers": {"A": [["secret"]]}})",
       "1:39: headers: expected a string or a list of strings for \"A\", got a list"},
      {url + R"("headers": {"A": null}})", "1:39: headers: expected a string or a list of strings for \"A\", got null"},
      {url + R"("headers": {"A": "1", "B": "2", "a": "3"}})",
       "1:54: headers: \"a\" stands twice; give a list of values instead"},
  });
}

TEST_CASE("a URL that does not parse is reported in the words of the URL parser") {
  const auto of_line = [](std::string_view line) { return nbcrawl::Url::parse(line).error().detail; };
  check({
      {"http://a/\n\n nonsense\n", "3:2: " + of_line("nonsense")},
      {"ftp://a/", "1:1: " + of_line("ftp://a/")},
      {R"({"url": "ftp://a/"})", "1:9: url: " + of_line("ftp://a/")},
      {R"({"host": "a b%"})",
       "1:10: host: expected a host name or address in a string, perhaps with a port, got \"a b%\""},
      {R"({"path": "/p", "host": "a%"})", "1:24: host: " + of_line("http://a%/p")},
      {"http://user:secret@[/\n", "1:1: " + of_line("http://user:secret@[/")},
  });
  CHECK(read("http://user:secret@[/\n").front().find("secret") == std::string::npos);
}

TEST_CASE("invalid UTF-8 is reported at its byte") {
  check({
      {"http://a/\nhttp://a/\xc3\xa9\xff\n", "2:11: invalid UTF-8: byte 0xff"},
      {"[{\"url\": \"http://a/\xc3\xa9\xc0\x80\"}]", "1:21: invalid UTF-8: byte 0xc0"},
      {"{\"url\": \"http://a/\xed\xa0\x80\"}", "1:19: invalid UTF-8: byte 0xed"},
      {"{\"defaults\": {\"key\": \"\xf5\"}, \"jobs\": []}", "1:23: invalid UTF-8: byte 0xf5"},
      {"\xef\xbb", "1:1: invalid UTF-8: byte 0xef"},
  });
}

TEST_CASE("callbacks and charsets are put to the checks, and their answer stands in the error") {
  const auto only = [](std::string known) {
    return [known = std::move(known)](std::string_view name) -> nbcrawl::Result<> {
      if (name == known) return {};
      return std::unexpected(
          nbcrawl::Error{nbcrawl::ErrorKind::invalid_job, nbcrawl::Phase::job, 0, "no " + std::string(name)});
    };
  };
  const auto with_checks = [&](std::string_view list) {
    return read(list, {}, {.callback = only("raw"), .charset = only("gbk")});
  };
  CHECK(with_checks("{\"host\": \"a\", \"callback\": \"raw\", \"charset\": \"gbk\"}\n"
                    "{\"host\": \"a\", \"callback\": [\"raw\", \"rwa\"]}\n"
                    "{\"host\": \"a\", \"charset\": \"klingon\"}\n") ==
        Outcomes{"0 http://a/ callback=raw method=GET charset=gbk", "1 error list:2:27: callback: no rwa",
                 "2 error list:3:26: charset: no klingon"});
  CHECK(with_checks(R"({"defaults": {"callback": "x"}, "jobs": []})") ==
        Outcomes{"0 last error list:1:27: callback: no x"});
}

TEST_CASE("an error value says invalid_job in phase job") {
  job_list::JobReader reader("jobs.json", nbcrawl::Limits{});
  reader.feed("{}");
  const auto step = reader.next();
  REQUIRE(std::holds_alternative<nbcrawl::BadRecord>(step));
  const auto& bad = std::get<nbcrawl::BadRecord>(step);
  CHECK(bad.error.kind == nbcrawl::ErrorKind::invalid_job);
  CHECK(bad.error.phase == nbcrawl::Phase::job);
  CHECK(bad.error.detail == "jobs.json:1:1: a job needs \"url\" or \"host\"");
}

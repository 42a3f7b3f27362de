// What each field of a job object becomes, and what "defaults" do.
#include <string>

#include "catch2_shim.hpp"
#include "list_outcome.hpp"

using job_list::Outcomes;
using job_list::read;

namespace {

/// The outcome of a list of one job.
std::string job(std::string_view object) {
  const Outcomes outcomes = read("[" + std::string(object) + "]");
  return outcomes.size() == 1 ? outcomes.front() : std::to_string(outcomes.size()) + " outcomes";
}

std::string with_url(std::string_view members) { return job(R"({"url": "http://a/", )" + std::string(members) + "}"); }

/// The outcomes of jobs with defaults.
Outcomes with_defaults(std::string_view defaults, std::string_view jobs) {
  return read(R"({"defaults": {)" + std::string(defaults) + R"(}, "jobs": [)" + std::string(jobs) + "]}");
}

}  // namespace

TEST_CASE("url, or host with path, scheme and port, say what to fetch") {
  CHECK(job(R"({"url": "https://example.org:8443/a?b=1"})") == "0 https://example.org:8443/a?b=1");
  CHECK(job(R"({"host": "www.51cto.com"})") == "0 http://www.51cto.com/");
  CHECK(job(R"({"host": "www.51cto.com", "path": "/"})") == "0 http://www.51cto.com/");
  CHECK(job(R"({"path": "/a?b#c", "host": "h"})") == "0 http://h/a?b#c");
  CHECK(job(R"({"host": "h", "url": "/index.html"})") == "0 http://h/index.html");
  CHECK(job(R"({"host": "h", "path": "//g/"})") == "0 http://h//g/");
  CHECK(job(R"({"host": "h", "scheme": "https"})") == "0 https://h/");
  CHECK(job(R"({"host": "h", "scheme": "https", "port": 80, "path": "/x"})") == "0 https://h:80/x");
  CHECK(job(R"({"host": "127.0.0.1:8888", "path": "/x"})") == "0 http://127.0.0.1:8888/x");
  CHECK(job(R"({"host": "::1", "port": 8080})") == "0 http://[::1]:8080/");
  CHECK(job(R"({"host": "[::1]", "port": 8080})") == "0 http://[::1]:8080/");
  CHECK(job(R"({"host": "[::1]:81"})") == "0 http://[::1]:81/");
}

TEST_CASE("escapes in strings are decoded") {
  CHECK(job(R"({"\u0075rl": "http:\/\/a\/\u00e9"})") == "0 http://a/%C3%A9");
  CHECK(job(R"({"host": "\u0061", "path": "\/x\u0079", "id": "\"1\"", "callback": "\u0072aw"})") ==
        "0 http://a/xy id=\"1\" callback=raw");
}

TEST_CASE("callback is a name or a list, under either name of the field") {
  CHECK(with_url(R"("callback": "decode:gb2312")") == "0 http://a/ callback=decode:gb2312");
  CHECK(with_url(R"("backcall": "decode:utf8")") == "0 http://a/ callback=decode:utf8");
  CHECK(with_url(R"("callback": ["save:{host}{path}", "links"])") ==
        "0 http://a/ callback=save:{host}{path} callback=links");
}

TEST_CASE("id is a string or a whole number, kept as written") {
  CHECK(with_url(R"("id": "a1")") == "0 http://a/ id=a1");
  CHECK(with_url(R"("id": 0)") == "0 http://a/ id=0");
  CHECK(with_url(R"("id": -12345678901234567890123)") == "0 http://a/ id=-12345678901234567890123");
}

TEST_CASE("a method is kept as written, but for the case of those that are nothing else in any case") {
  CHECK(with_url(R"("method": "HEAD")") == "0 http://a/ method=HEAD");
  CHECK(with_url(R"("method": "purge")") == "0 http://a/ method=purge");
  CHECK(with_url(R"("method": "patch")") == "0 http://a/ method=patch");
  CHECK(with_url(R"("method": "pOSt")") == "0 http://a/ method=POST");
}

TEST_CASE("a body makes a POST where no method is named") {
  CHECK(with_url(R"("body": "a=1")") == "0 http://a/ method=POST body=a=1");
  CHECK(with_url(R"("body": "")") == "0 http://a/ method=POST body=");
  CHECK(with_url(R"("body_file": "x.bin")") == "0 http://a/ method=POST body_file=x.bin");
  CHECK(with_url(R"("body": "q", "method": "PUT")") == "0 http://a/ method=PUT body=q");
  CHECK(with_url(R"("method": "GET", "body": "q")") == "0 http://a/ method=GET body=q");
}

TEST_CASE("headers have one value or several, in the order written") {
  CHECK(with_url(R"("headers": {"Accept": "text/html", "X-A": ["1", "2\t3"], "X-Empty": ""})") ==
        "0 http://a/ method=GET header=Accept: text/html header=X-A: 1 header=X-A: 2\t3 header=X-Empty: ");
  CHECK(with_url(R"("headers": {"x": "caf\u00e9"})") == "0 http://a/ method=GET header=x: caf\xc3\xa9");
  CHECK(with_url(R"("headers": {})") == "0 http://a/ method=GET");
}

TEST_CASE("times, sizes and names override the run's") {
  CHECK(with_url(R"("timeout": 2.5, "connect_timeout": "300ms")") ==
        "0 http://a/ method=GET timeout=2500ms connect_timeout=300ms");
  CHECK(with_url(R"("max_filesize": 1000)") == "0 http://a/ method=GET max_body_bytes=1000");
  CHECK(with_url(R"("max_filesize": "2M")") == "0 http://a/ method=GET max_body_bytes=2097152");
  CHECK(with_url(R"("charset": "gb2312", "output": "a/b.html", "key": "group 1")") ==
        "0 http://a/ method=GET charset=gb2312 output=a/b.html key=group 1");
}

TEST_CASE("meta is any JSON, kept without white space and otherwise as written") {
  CHECK(with_url(R"("meta": { "team": 7, "tags": [ "a b", 1.10, null ] })") ==
        R"(0 http://a/ method=GET meta={"team":7,"tags":["a b",1.10,null]})");
  CHECK(with_url(R"("meta": null)") == "0 http://a/ method=GET meta=null");
  CHECK(with_url(R"("meta": "\u00e9\n")") == R"(0 http://a/ method=GET meta="\u00e9\n")");
}

TEST_CASE("defaults hold for every job that does not say otherwise") {
  CHECK(
      with_defaults(
          R"("callback": "raw", "timeout": 5, "scheme": "https", "port": 81)",
          R"({"host": "a"}, {"host": "b", "callback": "title", "timeout": 6, "scheme": "http", "port": 82}, {"host": "c:83"},
                         {"url": "http://d/"})") == Outcomes{"0 https://a:81/ callback=raw method=GET timeout=5000ms",
                                                             "1 http://b:82/ callback=title method=GET timeout=6000ms",
                                                             "2 https://c:83/ callback=raw method=GET timeout=5000ms",
                                                             "3 http://d/ callback=raw method=GET timeout=5000ms"});
}

TEST_CASE("a job's headers replace the defaults' of the same name in any case, and keep the others") {
  CHECK(with_defaults(
            R"("headers": {"Accept": ["a", "b"], "X-Team": "7"})",
            R"({"host": "a"}, {"host": "b", "headers": {"accept": "c"}}, {"host": "c", "headers": {"ACCEPT": []}})") ==
        Outcomes{"0 http://a/ method=GET header=Accept: a header=Accept: b header=X-Team: 7",
                 "1 http://b/ method=GET header=X-Team: 7 header=accept: c",
                 "2 http://c/ method=GET header=X-Team: 7"});
}

TEST_CASE("a job's body replaces the defaults' of either kind, and the method follows") {
  CHECK(with_defaults(R"("body": "x")",
                      R"({"host": "a"}, {"host": "b", "body_file": "f"}, {"host": "c", "method": "PUT"})") ==
        Outcomes{"0 http://a/ method=POST body=x", "1 http://b/ method=POST body_file=f",
                 "2 http://c/ method=PUT body=x"});
  CHECK(with_defaults(R"("body_file": "f")", R"({"host": "a", "body": "x"})") ==
        Outcomes{"0 http://a/ method=POST body=x"});
  CHECK(with_defaults(R"("method": "GET")", R"({"host": "a", "body": "x"})") ==
        Outcomes{"0 http://a/ method=GET body=x"});
}

TEST_CASE("defaults without options leave jobs without any") {
  job_list::JobReader reader("list", nbcrawl::Limits{});
  reader.feed(R"({"defaults": {"callback": "raw", "scheme": "https"}, "jobs": [{"host": "a"}])");
  const auto step = reader.next();
  REQUIRE(std::holds_alternative<nbcrawl::Job>(step));
  CHECK(std::get<nbcrawl::Job>(step).options == nullptr);
}

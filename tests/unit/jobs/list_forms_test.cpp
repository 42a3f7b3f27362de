// The forms of a job list: each gives the same jobs, wherever its bytes are split, and each job as soon as it is there.
#include <string>
#include <utility>
#include <vector>

#include "catch2_shim.hpp"
#include "list_outcome.hpp"

using namespace std::string_literals;
using job_list::Outcomes;
using job_list::read;

namespace {

const Outcomes two_jobs{"0 http://a/ id=1", "1 http://b/x"};

const std::vector<std::string> every_form{
    R"([{"url": "http://a/", "id": 1}, {"url": "http://b/x"}])",
    R"([{"url":"http://a/","id":1},{"url":"http://b/x"}])",
    "[\n  {\n    \"url\": \"http://a/\",\n    \"id\": 1\n  },\n  {\"url\": \"http://b/x\"}\n]\n",
    "{\"url\": \"http://a/\", \"id\": 1}\n{\"url\": \"http://b/x\"}\n",
    "{\"url\": \"http://a/\", \"id\": 1}\r\n\r\n{\"url\": \"http://b/x\"}",
    "{\n  \"url\": \"http://a/\",\n  \"id\": 1\n}\n{ \"url\":\n\"http://b/x\" }\n",
    R"({"url": "http://a/", "id": 1}{"url": "http://b/x"})",
    R"({"jobs": [{"url": "http://a/", "id": 1}, {"url": "http://b/x"}]})",
    "{\n  \"defaults\": {},\n  \"jobs\": [\n    {\"url\": \"http://a/\", \"id\": 1},\n    {\"url\": \"http://b/x\"}\n  "
    "]\n}\n",
};

const std::vector<std::string> lines_forms{
    "http://a/\nhttp://b/x\n",
    "http://a/\nhttp://b/x",
    "http://a/\r\nhttp://b/x\r\n",
    "\n\n  http://a/  \n\n\thttp://b/x\t\n\n",
    "# a list\nhttp://a/ # the first\n  # nothing here\nhttp://b/x\t#\n#",
};

std::string in_two_pieces(std::string_view list, std::size_t split) {
  return std::string(list.substr(0, split)) + "|" + std::string(list.substr(split));
}

void check_every_split(const std::string& list) {
  const Outcomes whole = read(list);
  for (std::size_t split = 0; split <= list.size(); ++split) {
    std::size_t pieces = 0;
    const Outcomes outcomes =
        job_list::read_in_pieces(list, [&] { return pieces++ == 0 && split > 0 ? split : list.size(); });
    if (outcomes != whole) {
      INFO(in_two_pieces(list, split));
      REQUIRE(outcomes == whole);
    }
  }
  REQUIRE(job_list::read_in_pieces(list, [] { return 1U; }) == whole);
}

}  // namespace

TEST_CASE("an array, NDJSON and the wrapper object give the same jobs") {
  for (const std::string& list : every_form) {
    INFO(list);
    CHECK(read(list) == two_jobs);
    CHECK(read("\xEF\xBB\xBF" + list) == two_jobs);
    CHECK(read(" \r\n\t" + list) == two_jobs);
  }
}

TEST_CASE("plain lines are URLs; blank lines, comments and white space are skipped") {
  for (const std::string& list : lines_forms) {
    INFO(list);
    CHECK(read(list) == Outcomes{"0 http://a/", "1 http://b/x"});
    CHECK(read("\xEF\xBB\xBF" + list) == Outcomes{"0 http://a/", "1 http://b/x"});
  }
}

TEST_CASE("a # without white space before it is a URL's fragment") {
  CHECK(read("http://a/#top\nhttp://a/# # x\n") == Outcomes{"0 http://a/#top", "1 http://a/#"});
}

TEST_CASE("a list without jobs is no error") {
  for (const std::string list :
       {"", " ", "\n\r\n\t", "\xEF\xBB\xBF", "\xEF\xBB\xBF\n", "[]", " [ \n ] ", "# only a comment", "#\n#\n",
        R"({"jobs": []})", R"({"defaults": {"timeout": 5}, "jobs": [ ] })"}) {
    INFO(list);
    CHECK(read(list).empty());
    check_every_split(list);
  }
}

TEST_CASE("every form gives the same jobs wherever its bytes are split") {
  for (const std::string& list : every_form) check_every_split("\xEF\xBB\xBF " + list);
  for (const std::string& list : lines_forms) check_every_split("\xEF\xBB\xBF" + list);
}

TEST_CASE("errors are the same wherever the bytes are split") {
  for (const std::string list : {
           R"([{"url": "http://a/", "x": 1}, 7, {"url": "htt\u00e9p"}, {"host": "h"} {)",
           "{\"url\": \"http://a/\"\n{\"url\": \"http://b/\"}\n{\"url\": \"http://c/\n{\"host\":\"d\"}, "
           "\xff\n}\n{\"host\":\"e\"}\n{",
           "http://a/\nnonsense\n\xff\xfe\nhttp://\nhttp://b/\xc3",
           R"({"defaults": {"timeout": -1}, "jobs": [{"url": "http://a/"}]})",
           R"({"jobs": [{"url": "http://a/"}], "defaults": {}})",
           R"({"defaults": {}, "job": []})",
           "[{\"url\": \"\xc3\xa9\"}, {\"\xe2\x82\": 1}]",
           "[1, \"two\", null, true, [], -3.5e1]",
           "\xEF\xBB",
       }) {
    check_every_split(list);
  }
}

TEST_CASE("a job is there as soon as the last byte of its record is") {
  for (const auto& [before, last] : std::initializer_list<std::pair<std::string, std::string>>{
           {R"([{"url": "http://a/")", "}"},
           {R"({"url": "http://a/")", "}"},
           {R"({"jobs": [{"url": "http://a/")", "}"},
           {"{\"defaults\": {},\n \"jobs\":\n [ {\"url\": \"http://a/\"", "}"},
           {"http://a/", "\n"},
       }) {
    INFO(before);
    job_list::JobReader reader("list", nbcrawl::Limits{});
    Outcomes outcomes;
    reader.feed(before);
    CHECK_FALSE(job_list::drain(reader, outcomes));
    CHECK(outcomes.empty());
    reader.feed(last);
    CHECK_FALSE(job_list::drain(reader, outcomes));
    CHECK(outcomes == Outcomes{"0 http://a/"});
  }
}

TEST_CASE("each later job of a list comes out as soon as it is complete, too") {
  job_list::JobReader reader("list", nbcrawl::Limits{});
  reader.feed("[{\"host\":\"a\"}");
  for (int i = 1; i < 5; ++i) {
    Outcomes outcomes;
    reader.feed(",\n{\"host\":\"a\"}");
    CHECK_FALSE(job_list::drain(reader, outcomes));
    CHECK(outcomes.back() == std::to_string(i) + " http://a/");
  }
}

TEST_CASE("the first name of the first object tells a wrapper from a job") {
  CHECK(read(R"({"url": "http://a/"})") == Outcomes{"0 http://a/"});
  CHECK(read("{ \n\t\"jobs\" :\n[ ]\n}").empty());
  CHECK(
      read(R"({"url": "http://a/", "jobs": []})") ==
      Outcomes{"0 error list:1:22: field \"jobs\" must be the first of an object around the whole list, not in a job"});
  CHECK(
      read(R"({"job": 1})") ==
      Outcomes{
          "0 error list:1:2: unknown field \"job\"; known are url host path scheme port callback id "
          "method headers body body_file timeout connect_timeout retry max_redirs max_filesize proxy insecure charset "
          "output key meta"});
}

TEST_CASE("jobs with only default options carry none") {
  job_list::JobReader reader("list", nbcrawl::Limits{});
  reader.feed(R"([{"url": "http://a/", "id": 7, "callback": "raw"}])");
  const auto step = reader.next();
  REQUIRE(std::holds_alternative<nbcrawl::Job>(step));
  CHECK(std::get<nbcrawl::Job>(step).options == nullptr);
}

// Reading on behind a bad record, as --skip-invalid does.
#include <string>

#include "catch2_shim.hpp"
#include "list_outcome.hpp"

using job_list::Outcomes;
using job_list::read;

TEST_CASE("in a plain list the next line comes next, and a bad line counts") {
  const Outcomes outcomes = read("http://a/\nnonsense\n\nhttp://b/\n\xff\nhttp://c/");
  REQUIRE(outcomes.size() == 5);
  CHECK(outcomes[0] == "0 http://a/");
  CHECK(outcomes[1].starts_with("1 error list:2:1: "));
  CHECK(outcomes[2] == "2 http://b/");
  CHECK(outcomes[3].starts_with("3 error list:5:1: "));
  CHECK(outcomes[4] == "4 http://c/");
}

TEST_CASE("in an array a bad job does not stop those behind it") {
  CHECK(read(R"([{"host": "a"}, {"hots": "b"}, 3, {"host": "c"}])") ==
        Outcomes{"0 http://a/", "1 error list:1:18: unknown field \"hots\"; did you mean \"host\"?",
                 "2 error list:1:32: expected a job object, got 3", "3 http://c/"});
}

TEST_CASE("broken syntax in an array is the end") {
  CHECK(read("[{\"host\": \"a\"},\n{\"host\": b},\n{\"host\": \"c\"}]") ==
        Outcomes{"0 http://a/", "1 last error list:2:10: expected a value, got 'b'"});
}

TEST_CASE("a bad field in defaults is the end, for it concerns every job") {
  CHECK(read(R"({"defaults": {"x": 1}, "jobs": [{"host": "a"}]})").size() == 1);
}

TEST_CASE("in NDJSON a bad job does not stop those behind it") {
  CHECK(read("{\"host\": \"a\"}\n{\"host\": 1}\n{\"host\": \"c\"}\n") ==
        Outcomes{"0 http://a/",
                 "1 error list:2:10: host: expected a host name or address in a string, perhaps with a port, got 1",
                 "2 http://c/"});
}

TEST_CASE("broken syntax in NDJSON costs its line") {
  CHECK(read("{\"host\": \"a\"}\n{\"host\": b} {\"host\": \"b2\"}\n{\"host\": \"c\"}\n") ==
        Outcomes{"0 http://a/", "1 error list:2:10: expected a value, got 'b'", "2 http://c/"});
  CHECK(read("{\"host\": \"a\"}\nnonsense\nmore\n{\"host\": \"c\"}") ==
        Outcomes{"0 http://a/", "1 error list:2:1: expected '{' of the next job, got 'n'",
                 "2 error list:3:1: expected '{' of the next job, got 'm'", "3 http://c/"});
  CHECK(read("{\"host\": \"a\"},\n{\"host\": \"c\"}") ==
        Outcomes{"0 http://a/", "1 error list:1:14: expected '{' of the next job, got ','", "2 http://c/"});
}

TEST_CASE("an object that was cut off costs no more than itself") {
  CHECK(read("{\"host\": \"a\"\n{\"host\": \"b\"}\n") ==
        Outcomes{"0 error list:2:1: expected ',' or '}', got '{'", "1 http://b/"});
  CHECK(read("{\"host\": \"a\", \"id\":\n  {\"host\": \"b\"}\n") ==
        Outcomes{"0 error list:3:1: expected ',' or '}', got end of input"});
  CHECK(read("{\"host\": \"a\n{\"host\": \"b\"}\n") ==
        Outcomes{"0 error list:1:12: expected '\"' at the end of the string, got end of line", "1 http://b/"});
  CHECK(read("{\"host\": \"a\", \"body\": \n  {\"host\": \"b\"}\n{\"host\": \"c\"}\n") ==
        Outcomes{"0 error list:3:1: expected ',' or '}', got '{'", "1 http://c/"});
}

TEST_CASE("behind broken syntax in an object of several lines, the next line that begins an object comes next") {
  CHECK(read("{\n  \"host\": \"a\",,\n  \"headers\": {\"X\": \"y\"}\n}\n{\"host\": \"b\"}\n") ==
        Outcomes{"0 error list:2:15: expected a field name in double quotes, got ','", "1 http://b/"});
}

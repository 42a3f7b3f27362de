// Promise A25: lists that are broken on purpose give an exact error and bounded memory. (Invalid UTF-8, duplicate
// names, truncation and byte order marks stand in job_errors_test and list_forms_test.)
#include <string>

#include "catch2_shim.hpp"
#include "list_outcome.hpp"

using namespace std::string_literals;
using job_list::Outcomes;
using job_list::read;
using nbcrawl::Limits;

namespace {

/// Feeds the same piece for ever, until an error comes.
std::string first_error_of_endless(std::string_view beginning, std::string_view piece, std::size_t max_fed_bytes) {
  job_list::JobReader reader("list", Limits{});
  Outcomes outcomes;
  reader.feed(beginning);
  for (std::size_t fed = 0; outcomes.empty(); fed += piece.size()) {
    REQUIRE(fed <= max_fed_bytes);
    job_list::drain(reader, outcomes);
    reader.feed(piece);
  }
  return outcomes.front();
}

}  // namespace

TEST_CASE("a line without end is refused at the limit") {
  const std::string letters(64 * 1024, 'a');
  const std::string limit = " of more than 8388608 bytes, the limit for one job";
  CHECK(first_error_of_endless("http://a/\n", letters, 9'000'000).starts_with("0 http"));
  CHECK(first_error_of_endless("\n# x\nhttp://a/", letters, 9'000'000) == "0 error list:3:1: line" + limit);
  CHECK(first_error_of_endless("#", letters, 9'000'000) == "0 error list:1:1: line" + limit);
}

TEST_CASE("a JSON record without end is refused at the limit") {
  const std::string limit = "job of more than 8388608 bytes, the limit";
  const std::string letters(64 * 1024, 'a');
  const std::string white(64 * 1024, ' ');
  CHECK(first_error_of_endless("[\n{\"url\": \"", letters, 9'000'000) == "0 last error list:2:1: " + limit);
  CHECK(first_error_of_endless("{\"url\": \"", letters, 9'000'000) == "0 error list:1:1: " + limit);
  CHECK(first_error_of_endless("{", white, 9'000'000) == "0 error list:1:1: " + limit);
  CHECK(first_error_of_endless("{\"jobs\": [{", white, 9'000'000) == "0 last error list:1:11: " + limit);
  CHECK(first_error_of_endless("{\"defaults\": {\"meta\": [", "1, ", 9'000'000) == "0 last error list:1:14: " + limit);
  CHECK(first_error_of_endless("[", "1", 9'000'000) == "0 last error list:1:2: " + limit);
}

TEST_CASE("what is not text is refused at its first byte") {
  const std::string zeros(64 * 1024, '\0');
  CHECK(first_error_of_endless("", zeros, 64 * 1024) ==
        "0 last error list:1:1: expected a job list ('[', '{' or a URL), got byte 0x00");
  CHECK(read("\x1f\x8b\x08") ==
        Outcomes{"0 last error list:1:1: expected a job list ('[', '{' or a URL), got byte 0x1f"});
  CHECK(first_error_of_endless("[", zeros, 64 * 1024) == "0 last error list:1:2: expected a value, got byte 0x00");
}

TEST_CASE("white space without end needs no memory and is no error") {
  job_list::JobReader reader("list", Limits{.max_job_bytes = 1000});
  Outcomes outcomes;
  for (const std::string beginning : {"", "[", "{\"host\": \"a\"}"}) {
    reader.feed(beginning);
    for (int i = 0; i < 100; ++i) {
      reader.feed("   \n" + std::string(1000, ' '));
      REQUIRE_FALSE(job_list::drain(reader, outcomes));
    }
  }
}

TEST_CASE("the limit counts the bytes of a record, however they come") {
  const Limits limits{.max_job_bytes = 30};
  const std::string longest_line = "http://a/" + std::string(20, 'x') + "\n";  // 30 bytes
  const std::string longest_object = R"({"url":")" + std::string("http://a/") + std::string(11, 'x') + "\"}";
  REQUIRE(longest_line.size() == 30);
  REQUIRE(longest_object.size() == 30);
  for (const std::size_t piece : {1UL, 7UL, 29UL, 30UL, 31UL, 1000UL}) {
    const auto read_with = [&](const std::string& list) {
      return job_list::read_in_pieces(list, [&] { return piece; }, limits);
    };
    INFO(piece);
    CHECK(read_with(longest_line + longest_line).size() == 2);
    CHECK(read_with("x" + longest_line + "http://b/") ==
          Outcomes{"0 error list:1:1: line of more than 30 bytes, the limit for one job", "1 http://b/"});
    CHECK(read_with(longest_object + longest_object).size() == 2);
    CHECK(read_with("[" + longest_object + " , " + longest_object + "]").size() == 2);
    CHECK(read_with("[" + longest_object + ",{ " + longest_object.substr(1) + "]") ==
          Outcomes{"0 http://a/xxxxxxxxxxx", "1 last error list:1:33: job of more than 30 bytes, the limit"});
    CHECK(read_with("{ " + longest_object.substr(1) + "\n{\"host\":\"b\"}") ==
          Outcomes{"0 error list:1:1: job of more than 30 bytes, the limit", "1 http://b/"});
  }
}

TEST_CASE("JSON of great depth is refused without recursion") {
  const std::string deep = R"({"host": "a", "meta": )" + std::string(100'000, '[');
  CHECK(read("[" + deep) == Outcomes{"0 last error list:1:87: nested deeper than 64 levels, the limit"});
  CHECK(read(deep + "\n{\"host\": \"b\"}") ==
        Outcomes{"0 error list:1:86: nested deeper than 64 levels, the limit", "1 http://b/"});
  CHECK(read(std::string(100'000, '[')).size() == 1);

  const Outcomes accepted = read(deep + std::string(100'000, ']') + "}", Limits{.max_job_depth = 200'000});
  CHECK(accepted == Outcomes{"0 http://a/ method=GET meta=" + std::string(100'000, '[') + std::string(100'000, ']')});
}

TEST_CASE("a job with very many names or values takes no more than linear time") {
  std::string headers;
  for (int i = 0; i < 200'000; ++i) headers += (i == 0 ? "" : ",") + ("\"h" + std::to_string(i) + "\":\"\"");
  const std::string meta = headers;
  const std::string job = R"({"host":"a","headers":{)" + headers + R"(},"meta":{)" + meta + "}}";
  CHECK(read(R"({"defaults": {"headers": {)" + headers + R"(}}, "jobs": [)" + job + "]}").size() == 1);
}

TEST_CASE("a control character or white space inside a line of a plain list is refused, not left to the URL parser") {
  for (const char stray : "\x01\t\r\v\f \x1F\x7F"s) {
    const Outcomes outcomes = read("http://a/"s + stray + "b\nhttp://a"s + stray + "/\n"s);
    REQUIRE(outcomes.size() == 2);
    CHECK(outcomes[0].starts_with("0 error list:1:10: a URL holds no white space and no control character, got "));
    CHECK(outcomes[1].starts_with("1 error list:2:"));
  }
  // The standard would take them off at the end.
  CHECK(read("http://a/\x01\n"s)[0].starts_with("0 error list:1:10: "));
}

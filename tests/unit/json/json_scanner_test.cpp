#include "json/json_scanner.hpp"

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>

#include "catch2_shim.hpp"

using namespace std::string_view_literals;
using nbcrawl::JsonScanner;
using Status = JsonScanner::Status;

namespace {

constexpr std::size_t max_depth = 64;

// A value is accepted as part of a list, so that a number has an end.
JsonScanner::Progress scan(std::string_view text) {
  JsonScanner scanner(max_depth);
  return scanner.scan("[" + std::string(text) + "]");
}

bool accepts(std::string_view text) {
  const auto [status, taken] = scan(text);
  return status == Status::complete && taken == text.size() + 2;
}

}  // namespace

TEST_CASE("the JSON scanner accepts what RFC 8259 allows") {
  for (const auto text : {R"({})"sv, R"([])"sv, R"("")"sv, "0"sv, "-0"sv, "10"sv, "1.5"sv, "-1.25e+10"sv, "1E9"sv,
                          "0e-0"sv, "true"sv, "false"sv, "null"sv, R"("\"\\\/\b\f\n\r\t\u00e9")"sv,
                          "\"\x7f\xc3\xa9\""sv, R"({"a":1,"b":[true,{"c":null}]})"sv, " \t\r\n{ \"a\" : [ 1 , 2 ] } "sv,
                          R"([[],[[]],{}])"sv, R"("eight by", "te text and then \" quoted")"sv}) {
    INFO(text);
    CHECK(accepts(text));
    CHECK(nlohmann::json::accept("[" + std::string(text) + "]"));
  }
}

TEST_CASE("the JSON scanner stops at the first byte that RFC 8259 forbids, and says what may stand there") {
  struct Case {
    std::string_view text;
    std::size_t taken;
    std::string_view expected;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"x", 0, "a value"},
           {"}", 0, "a value"},
           {"{,", 1, "a field name in double quotes or '}'"},
           {"{'a'", 1, "a field name in double quotes or '}'"},
           {R"({"a" 1)", 5, "':'"},
           {R"({"a":})", 5, "a value"},
           {R"({"a":1 "b")", 7, "',' or '}'"},
           {R"({"a":1])", 6, "',' or '}'"},
           {R"({"a":1,})", 7, "a field name in double quotes"},
           {"[1 2", 3, "',' or ']'"},
           {"[1}", 2, "',' or ']'"},
           {"[1,]", 3, "a value"},
           {"[,", 1, "a value or ']'"},
           {"\"a\nb", 2, "'\"' at the end of the string"},
           {"\"12345678\t", 9, "'\"' at the end of the string"},
           {R"("\x)", 2, R"(one of " \ / b f n r t u after '\')"},
           {R"("\u12g)", 5, "a hexadecimal digit"},
           {"[tru]", 4, "true, false or null"},
           {"[nul,", 4, "true, false or null"},
           {"[01", 2, "',' or ']'"},
           {"[-]", 2, "a digit"},
           {"[1.]", 3, "a digit"},
           {"[1.5.", 4, "',' or ']'"},
           {"[1e]", 3, "a digit"},
           {"[1e+]", 4, "a digit"},
           {"[1e5e", 4, "',' or ']'"},
           {"[+1", 1, "a value or ']'"},
           {"[.5", 1, "a value or ']'"},
           {"[\xef\xbb\xbf", 1, "a value or ']'"},
           {"[\0"sv, 1, "a value or ']'"},
       }) {
    INFO(c.text);
    JsonScanner scanner(max_depth);
    const auto [status, taken] = scanner.scan(c.text);
    CHECK(status == Status::invalid);
    CHECK(taken == c.taken);
    CHECK(scanner.expected() == c.expected);
    CHECK_FALSE(nlohmann::json::accept(c.text));
  }
}

TEST_CASE("the JSON scanner gives the same answer wherever its input is split") {
  for (const auto text : {R"( {"a\u00e9\n": [1.5e+3, -0, true, null], "b": {"c": "long enough for a word"}} tail)"sv,
                          R"({"a": [1, 2}, "b": 3})"sv, R"(["\ud83d\ude00", "\x"])"sv, "[12]"sv}) {
    JsonScanner whole(max_depth);
    const auto expected = whole.scan(text);
    for (std::size_t split = 0; split <= text.size(); ++split) {
      INFO(text << " split at " << split);
      JsonScanner scanner(max_depth);
      auto [status, taken] = scanner.scan(text.substr(0, split));
      if (status == Status::incomplete) {
        CHECK(taken == split);
        const auto rest = scanner.scan(text.substr(split));
        status = rest.status;
        taken += rest.taken;
      }
      CHECK(status == expected.status);
      CHECK(taken == expected.taken);
      CHECK(scanner.expected() == whole.expected());
    }
  }
}

TEST_CASE("the JSON scanner takes nothing behind the value") {
  JsonScanner scanner(max_depth);
  for (const auto& [value, rest] :
       std::initializer_list<std::pair<std::string, std::string>>{{R"({"a":1})", R"({"b":2})"},
                                                                  {"[1]", ",2"},
                                                                  {R"("a")", "b"},
                                                                  {"null", "1"},
                                                                  {"12", ","},
                                                                  {"-0.5e1", "\n"}}) {
    INFO(value << rest);
    scanner.reset();
    const auto [status, taken] = scanner.scan(value + rest);
    CHECK(status == Status::complete);
    CHECK(taken == value.size());
  }
}

TEST_CASE("the JSON scanner counts depth and does not recurse") {
  constexpr std::size_t depth = 100'000;
  JsonScanner shallow(max_depth);
  const auto refused = shallow.scan(std::string(depth, '['));
  CHECK(refused.status == Status::too_deep);
  CHECK(refused.taken == max_depth);

  JsonScanner deep(depth);
  const auto accepted = deep.scan(std::string(depth, '[') + std::string(depth, ']'));
  CHECK(accepted.status == Status::complete);
  CHECK(accepted.taken == 2 * depth);
}

TEST_CASE("the JSON scanner agrees with nlohmann::json about random edits of valid text") {
  constexpr std::string_view valid = R"({"a":[1,-0.5e+7,true,null,"x\"\\y"],"bc":{"d":{}},"e":"012345678"})";
  constexpr std::string_view alphabet = "{}[]:,\"\\ \n0159.-+eEtrufalsn";
  std::mt19937 random(20240607);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same cases each run
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  int accepted = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text(valid);
    for (std::size_t edits = 1 + below(3); edits > 0; --edits) {
      const std::size_t at = below(text.size());
      switch (below(3)) {
        case 0: text[at] = alphabet[below(alphabet.size())]; break;
        case 1: text.erase(at, 1); break;
        default: text.insert(at, 1, alphabet[below(alphabet.size())]); break;
      }
    }
    JsonScanner scanner(max_depth);
    const auto [status, taken] = scanner.scan(text + "\n");
    const bool ours = status == Status::complete && text.find_first_not_of(" \n", taken) == std::string::npos;
    const bool theirs = nlohmann::json::accept(text);
    accepted += theirs ? 1 : 0;
    if (ours != theirs) {
      INFO(text);
      REQUIRE(ours == theirs);
    }
  }
  CHECK(accepted > 1000);
}

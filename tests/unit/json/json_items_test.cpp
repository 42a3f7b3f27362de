#include "json/json_items.hpp"

#include <string>
#include <utility>
#include <vector>

#include "catch2_shim.hpp"

using nbcrawl::compact_json;
using nbcrawl::find_flaw;
using nbcrawl::JsonItems;
using nbcrawl::string_value;

namespace {

using Items = std::vector<std::pair<std::string, std::string>>;

Items items_of(std::string_view container) {
  Items found;
  for (JsonItems items(container); items.next();) found.emplace_back(items.name(), items.value());
  return found;
}

}  // namespace

TEST_CASE("members and elements come as they are written") {
  CHECK(items_of("{}").empty());
  CHECK(items_of("[ \n]").empty());
  CHECK(items_of(R"({"a":1})") == Items{{R"("a")", "1"}});
  CHECK(items_of(R"({ "a\"}" : "x,\\" , "b":{"c":[1,"]}"]}  ,"d" :null})") ==
        Items{{R"("a\"}")", R"("x,\\")"}, {R"("b")", R"({"c":[1,"]}"]})"}, {R"("d")", "null"}});
  CHECK(items_of("[1.5 , [] ,\"\"\n,{\"a\":{}} , -0]") ==
        Items{{"", "1.5"}, {"", "[]"}, {"", "\"\""}, {"", R"({"a":{}})"}, {"", "-0"}});
}

TEST_CASE("a string without escapes is viewed, one with escapes is decoded") {
  std::string storage;
  const std::string plain = "\"caf\xc3\xa9\"";
  CHECK(string_value(plain, storage)->data() == plain.data() + 1);
  CHECK(string_value(plain, storage) == "caf\xc3\xa9");
  CHECK(string_value(R"("")", storage) == "");
  CHECK(string_value(R"("a\n\"\/\u00e9\ud83d\ude00")", storage) == "a\n\"/\xc3\xa9\xf0\x9f\x98\x80");
  CHECK(string_value(R"("\u0000")", storage) == std::string(1, '\0'));
  CHECK_FALSE(string_value(R"("\ud83d")", storage));
  CHECK_FALSE(string_value(R"("\ude00\ud83d")", storage));
}

TEST_CASE("compact JSON keeps every byte but the white space between tokens") {
  CHECK(compact_json("{ \"a b\" : [ 1.10 ,\n\t12345678901234567890 ] , \"c\" : \"\\u00e9  \\\" \" }") ==
        R"({"a b":[1.10,12345678901234567890],"c":"\u00e9  \" "})");
  CHECK(compact_json("null") == "null");
}

TEST_CASE("a name that stands twice in one object is found at any depth, whatever its escapes") {
  CHECK_FALSE(find_flaw(R"({"a":{"a":[{"a":1},{"a":2}]},"b":"a"})"));
  CHECK_FALSE(find_flaw(R"("a")"));
  CHECK_FALSE(find_flaw("17"));
  const auto twice = find_flaw(R"([{"x":{"a":1,"b":2,"\u0061" : 3}}])");
  REQUIRE(twice);
  CHECK(twice->duplicate);
  CHECK(twice->offset == 19);
  const auto half = find_flaw(R"({"a":["\udc00"]})");
  REQUIRE(half);
  CHECK_FALSE(half->duplicate);
  CHECK(half->offset == 6);
}

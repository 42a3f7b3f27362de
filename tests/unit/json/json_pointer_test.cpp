#include "json/json_pointer.hpp"

#include <string_view>

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

TEST_CASE("the examples of RFC 6901 section 5", "[json_pointer]") {
  constexpr std::string_view document = R"( {
    "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8
  } )";
  CHECK(find_by_pointer(document, "")->starts_with("{"));
  CHECK(find_by_pointer(document, "")->ends_with("}"));
  CHECK(find_by_pointer(document, "/foo") == R"(["bar", "baz"])");
  CHECK(find_by_pointer(document, "/foo/0") == R"("bar")");
  CHECK(find_by_pointer(document, "/") == "0");
  CHECK(find_by_pointer(document, "/a~1b") == "1");
  CHECK(find_by_pointer(document, "/c%d") == "2");
  CHECK(find_by_pointer(document, "/e^f") == "3");
  CHECK(find_by_pointer(document, "/g|h") == "4");
  CHECK(find_by_pointer(document, "/i\\j") == "5");
  CHECK(find_by_pointer(document, "/k\"l") == "6");
  CHECK(find_by_pointer(document, "/ ") == "7");
  CHECK(find_by_pointer(document, "/m~0n") == "8");
}

TEST_CASE("where a pointer leads nowhere", "[json_pointer]") {
  constexpr std::string_view document = R"({"a": [1, {"b": null}], "s": "x"})";
  for (const std::string_view pointer : {"/b", "/a/2", "/a/-", "/a/00", "/a/01", "/a/+1", "/a/", "/a/1/c", "/s/0",
                                         "/a/b", "/a/99999999999999999999999"}) {
    CAPTURE(pointer);
    CHECK_FALSE(find_by_pointer(document, pointer));
  }
  CHECK(find_by_pointer(document, "/a/1/b") == "null");
}

TEST_CASE("numbers are as they are written, and the last member of a name counts", "[json_pointer]") {
  CHECK(find_by_pointer("-0", "") == "-0");
  CHECK(find_by_pointer(R"([123456789012345678901234567890.10, 1E400])", "/0") == "123456789012345678901234567890.10");
  CHECK(find_by_pointer(R"([123456789012345678901234567890.10, 1E400])", "/1") == "1E400");
  CHECK(find_by_pointer(R"({"a": 1, "\u0061": 2})", "/a") == "2");
}

TEST_CASE("what is a pointer", "[json_pointer]") {
  for (const std::string_view good : {"", "/", "//", "/a~0~1"}) CHECK(is_json_pointer(good));
  for (const std::string_view bad : {"a", " /a", "/~", "/~2", "/a~"}) CHECK_FALSE(is_json_pointer(bad));
}

}  // namespace
}  // namespace nbcrawl

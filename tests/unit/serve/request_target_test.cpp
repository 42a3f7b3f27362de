#include "serve/request_target.hpp"

#include <string>

#include "catch2_shim.hpp"

using namespace nbcrawl;

namespace {

struct Split {
  bool valid;
  std::string path;
  std::string query;
  friend bool operator==(const Split&, const Split&) = default;
};

Split split(const std::string& target) {
  Request request;
  request.target = target;
  const bool valid = split_target(request);
  return {.valid = valid, .path = valid ? request.path : "", .query = valid ? request.query : ""};
}

}  // namespace

TEST_CASE("a target's path is decoded and its query left as it is") {
  CHECK(split("/") == Split{true, "/", ""});
  CHECK(split("/a%20b/%E4%B8%AD?x=%20&y") == Split{true, "/a b/中", "x=%20&y"});
  CHECK(split("/a?") == Split{true, "/a", ""});
  CHECK(split("/a?b?c") == Split{true, "/a", "b?c"});
  CHECK(split("/a+b") == Split{true, "/a+b", ""});
}

TEST_CASE("absolute-form loses its authority") {
  CHECK(split("http://example.org/a?b") == Split{true, "/a", "b"});
  CHECK(split("HTTP://example.org") == Split{true, "/", ""});
  CHECK(split("http://example.org?a/b") == Split{true, "/", "a/b"});
}

TEST_CASE("targets that are not a path, or could be read as another one, are refused") {
  for (const char* target :
       {"*", "", "a", "example.org:443", "https://example.org/", "http://", "http:///a", "http://?a", "http://#",
        "http://a#b", "/a#b", "/%", "/%2", "/%zz", "/a%2Fb", "/%2f", "/a%00b", "/..%2f..%2fetc/passwd"}) {
    CAPTURE(target);
    CHECK_FALSE(split(target).valid);
  }
}

TEST_CASE("what may not stand in a path is encoded") {
  CHECK(encode_path("/a b/中?#%\r\n") == "/a%20b/%E4%B8%AD%3F%23%25%0D%0A");
  CHECK(encode_path("/-._~!$&'()*+,;=:@") == "/-._~!$&'()*+,;=:@");
}

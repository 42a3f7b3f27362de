#include <string>
#include <string_view>

#include "catch2_shim.hpp"
#include "nbcrawl/callback.hpp"

namespace nbcrawl {
namespace {

TEST_CASE("an Emitter begins with no result and no failure") {
  const Emitter emitter;
  CHECK(emitter.result().empty());
  CHECK_FALSE(emitter.failed());
  CHECK(emitter.failure().empty());
  CHECK(emitter.charset().empty());
  CHECK(emitter.body_file().empty());
}

TEST_CASE("text and bytes append to the result") {
  Emitter emitter;
  emitter.text("hello ");
  emitter.bytes(std::string_view("\0\xFF", 2));
  emitter.text("!");
  CHECK(emitter.result() == std::string_view("hello \0\xFF!", 9));
}

TEST_CASE("bytes are copied: the source may go") {
  Emitter emitter;
  {
    std::string source(100, 'a');
    emitter.bytes(source);
    source.assign(100, 'b');
  }
  CHECK(emitter.result() == std::string(100, 'a'));
}

TEST_CASE("what is borrowed alone is not copied") {
  const std::string body(1 << 20, 'x');
  Emitter emitter;
  emitter.borrow(body);
  CHECK(emitter.result().data() == body.data());
  CHECK(emitter.result().size() == body.size());
}

TEST_CASE("borrowed parts stand in the order of the calls") {
  Emitter emitter;
  SECTION("borrowed before appended") {
    emitter.borrow("one ");
    emitter.bytes("two");
    CHECK(emitter.result() == "one two");
  }
  SECTION("borrowed after appended") {
    emitter.bytes("one ");
    emitter.borrow("two");
    CHECK(emitter.result() == "one two");
  }
  SECTION("borrowed twice") {
    emitter.borrow("one ");
    emitter.borrow("two ");
    emitter.borrow("three");
    CHECK(emitter.result() == "one two three");
  }
  SECTION("nothing appended to what is borrowed") {
    emitter.borrow("one");
    emitter.bytes("");
    CHECK(emitter.result() == "one");
  }
  SECTION("nothing borrowed first") {
    emitter.borrow("");
    emitter.borrow("one");
    CHECK(emitter.result() == "one");
  }
}

TEST_CASE("the last failure counts, and a failure without a reason is one") {
  Emitter emitter;
  emitter.fail("first");
  emitter.fail("second");
  CHECK(emitter.failed());
  CHECK(emitter.failure() == "second");

  Emitter silent;
  silent.fail("");
  CHECK(silent.failed());
  CHECK(silent.failure() == "the callback failed");
}

TEST_CASE("an Emitter keeps what the built-in callbacks report beside the result") {
  Emitter emitter;
  emitter.set_charset("GBK", "content-type");
  emitter.set_body_file("pages/1.html");
  CHECK(emitter.charset() == "GBK");
  CHECK(emitter.charset_source() == "content-type");
  CHECK(emitter.body_file() == "pages/1.html");
  CHECK(emitter.result().empty());
}

}  // namespace
}  // namespace nbcrawl

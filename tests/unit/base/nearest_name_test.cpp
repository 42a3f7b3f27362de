#include "base/nearest_name.hpp"

#include <array>
#include <string>

#include "catch2_shim.hpp"

using nbcrawl::nearest_name;

namespace {

constexpr std::array<std::string_view, 6> known{"url", "host", "path", "callback", "connect_timeout", "timeout"};

}  // namespace

TEST_CASE("the nearest name is the one a slip of the hand leads away from") {
  CHECK(nearest_name("calback", known) == "callback");    // one left out
  CHECK(nearest_name("callbackk", known) == "callback");  // one too many
  CHECK(nearest_name("cellback", known) == "callback");   // one wrong
  CHECK(nearest_name("clalback", known) == "callback");   // two swapped
  CHECK(nearest_name("hots", known) == "host");
  CHECK(nearest_name("urls", known) == "url");
  CHECK(nearest_name("connect-timeout", known) == "connect_timeout");
  CHECK(nearest_name("timeouts", known) == "timeout");
  CHECK(nearest_name("host", known) == "host");
}

TEST_CASE("there is no nearest name where all are far") {
  CHECK(nearest_name("", known).empty());
  CHECK(nearest_name("x", known).empty());
  CHECK(nearest_name("colour", known).empty());
  CHECK(nearest_name(std::string(1'000'000, 'u'), known).empty());
  CHECK(nearest_name("url", {}).empty());
}

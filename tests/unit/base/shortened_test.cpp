#include "base/shortened.hpp"

#include "catch2_shim.hpp"

using nbcrawl::shortened;

TEST_CASE("a long text is shown with its beginning, cut between two characters", "[shortened]") {
  CHECK(shortened("", 3).empty());
  CHECK(shortened("abc", 3) == "abc");
  CHECK(shortened("abcd", 3) == "abc...");
  CHECK(shortened("ab\u554A", 4) == "ab...");
  CHECK(shortened("ab\u554Ac", 5) == "ab\u554A...");
  CHECK(shortened("\x80\x80\x80", 2) == "...");
}

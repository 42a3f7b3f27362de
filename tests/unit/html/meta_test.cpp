// The cases follow the steps of the HTML standard, "shared declarative refresh steps".
#include "html/meta.hpp"

#include "catch2_shim.hpp"

using nbcrawl::html::refresh_target;

TEST_CASE("where a refresh leads") {
  struct Case {
    std::string_view content;
    std::string_view target;
  };
  for (const Case& one : std::initializer_list<Case>{{"0; url=a", "a"},
                                                     {"0;url=a", "a"},
                                                     {"0;URL=a", "a"},
                                                     {"0, url=a", "a"},
                                                     {"0 url=a", "a"},
                                                     {" 5 ; url = a", "a"},
                                                     {"0.5; url=a", "a"},
                                                     {".5; url=a", "a"},
                                                     {"0; a", "a"},
                                                     {"0; url='a'", "a"},
                                                     {"0; url=\"a b\" c", "a b"},
                                                     {"0; 'a'", "a"},
                                                     {"0; url='a", "a"},
                                                     {"0; url a", "url a"},
                                                     {"0; urla", "urla"},
                                                     {"0; u", "u"},
                                                     {"0;; a", "; a"}}) {
    CAPTURE(one.content);
    CHECK(refresh_target(one.content) == one.target);
  }
  for (const std::string_view content : {"", "5", "5;", "5; ", "a", "; url=a", "-1; url=a", "5x; url=a", "url=a"}) {
    CAPTURE(content);
    CHECK_FALSE(refresh_target(content).has_value());
  }
}

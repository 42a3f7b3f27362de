#include "charset/content_type.hpp"

#include "catch2_shim.hpp"

using nbcrawl::charset_parameter;

TEST_CASE("the charset parameter is found whatever its case, quotes and white space") {
  CHECK(charset_parameter("text/html; charset=utf-8") == "utf-8");
  CHECK(charset_parameter("text/html;charset=GBK") == "GBK");
  CHECK(charset_parameter("Text/HTML; Charset=\"gb2312\"") == "gb2312");
  CHECK(charset_parameter("text/html ;\tCHARSET = utf-8 ") == "utf-8");
  CHECK(charset_parameter("text/html; charset= \"utf-8\" ") == "utf-8");
  CHECK(charset_parameter("text/html; version=1; charset=big5; q=1") == "big5");
  CHECK(charset_parameter(";charset=big5") == "big5");
  CHECK(charset_parameter("text/html;;; charset=big5") == "big5");
  CHECK(charset_parameter("text/html; charset=\"a\\\"b\\\\c\"") == "a\"b\\c");
  CHECK(charset_parameter("text/html; charset=\"gbk") == "gbk");
  CHECK(charset_parameter("text/html; charset=\"gbk\"junk; x=y") == "gbk");
}

TEST_CASE("of several the first with a value counts") {
  CHECK(charset_parameter("text/html; charset=gbk; charset=utf-8") == "gbk");
  CHECK(charset_parameter("text/html; charset=; charset=utf-8") == "utf-8");
  CHECK(charset_parameter("text/html; charset; charset=utf-8") == "utf-8");
  CHECK(charset_parameter("text/html; charset=\"\"; charset=utf-8") == "utf-8");
}

TEST_CASE("no charset parameter") {
  for (const auto* value : {"", "text/html", "charset=utf-8", "text/html; xcharset=utf-8", "text/html; charset", ";",
                            ";=", "text/html; charset=", "text/html; boundary=\"; charset=gbk\"",
                            "text/html, charset=gbk", "text/html; a=\"\\\"; charset=gbk\""}) {
    INFO(value);
    CHECK_FALSE(charset_parameter(value).has_value());
  }
}

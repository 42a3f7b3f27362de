// "Prescan a byte stream to determine its encoding", HTML standard section 13.2.3.2.
#include "charset/meta_prescan.hpp"

#include <chrono>
#include <string>

#include "catch2_shim.hpp"

using namespace std::string_view_literals;
using nbcrawl::Encoding;
using nbcrawl::prescan;

namespace {

void finds(Encoding encoding, std::initializer_list<std::string_view> pages) {
  for (const auto page : pages) {
    INFO(page);
    REQUIRE(prescan(page).has_value());
    CHECK(name(*prescan(page)) == name(encoding));
  }
}

void finds_nothing(std::initializer_list<std::string_view> pages) {
  for (const auto page : pages) {
    INFO(page);
    CHECK_FALSE(prescan(page).has_value());
  }
}

}  // namespace

TEST_CASE("a charset attribute") {
  finds(Encoding::gbk, {
                           "<meta charset=gb2312>",
                           "<META CHARSET=GB2312>",
                           "<meta charset='gb2312'>",
                           "<meta charset=\"gb2312\"/>",
                           "<meta/charset=gb2312>",
                           "<meta\ncharset\t=\n\"  GBK \" >",
                           "<meta name=x charset=gbk content=y>",
                           "<!DOCTYPE html><html><head><title>x</title><meta charset=gbk>",
                           "<meta charset=gbk><meta charset=utf-8>",
                           "<meta charset=gbk charset=utf-8>",
                           "<meta charset=nonsense><meta charset=gbk>",
                           "<meta x=\">\" charset=gbk>",
                           "<meta <meta charset=gbk>",
                           "<x<meta charset=gbk><meta charset=gbk>",
                           "< meta charset=utf-8><meta charset=gbk>",
                           "<metax charset=utf-8><meta charset=gbk>",
                           "<meta\vcharset=utf-8><meta charset=gbk>",
                       });
}

TEST_CASE("http-equiv with content") {
  finds(Encoding::gbk, {
                           "<meta http-equiv=Content-Type content='text/html; charset=gb2312'>",
                           "<meta content=\"text/html;charset=gb2312\" http-equiv=\"CONTENT-TYPE\">",
                           "<meta http-equiv=content-type content=\"charset=gbk\">",
                           "<meta http-equiv=content-type content=\"text/html; charset = gbk \">",
                           "<meta http-equiv=content-type content=\"text/html; charset='gbk'\">",
                           "<meta http-equiv=content-type content='charset charset=gbk;q'>",
                           "<meta http-equiv=content-type content='mycharset=gbk'>",
                           "<meta http-equiv=content-type content=charset=gbk charset=nonsense><meta charset=gbk>",
                           "<meta http-equiv=content-type content=charset=utf-8 charset=gbk>",
                           "<meta charset=gbk http-equiv=content-type content=charset=utf-8>",
                       });
  finds_nothing({
      "<meta content='text/html; charset=gb2312'>",
      "<meta http-equiv=refresh content='text/html; charset=gb2312'>",
      "<meta http-equiv=refresh http-equiv=content-type content='charset=gbk'>",
      "<meta http-equiv=content-type content='text/html'>",
      "<meta http-equiv=content-type content='text/html; charset'>",
      "<meta http-equiv=content-type content='text/html; charset=\"gbk'>",
      "<meta http-equiv=content-type content='text/html' content='charset=gbk'>",
      "<meta charset=nonsense http-equiv=content-type content='charset=gbk'>",
      "<meta http-equiv=content-type>",
  });
}

TEST_CASE("comments, declarations and other tags hide what is in them") {
  finds(Encoding::gbk, {
                           "<!-- <meta charset=utf-8> --><meta charset=gbk>",
                           "<!--><meta charset=gbk>",
                           "<!---><meta charset=gbk>",
                           "<!-- > -- -> <meta charset=utf-8>--><meta charset=gbk>",
                           "<a title='<meta charset=utf-8>'><meta charset=gbk>",
                           "</a title='<meta charset=utf-8>'><meta charset=gbk>",
                           "<!x <meta charset=utf-8><meta charset=gbk>",
                           "<? <meta charset=utf-8><meta charset=gbk>",
                           "</ <meta charset=utf-8><meta charset=gbk>",
                           "<a href=/x/><meta charset=gbk>",
                           "<script>var x = '<meta charset=gbk>'</script>",
                       });
}

TEST_CASE("running out of bytes ends it") {
  finds_nothing({
      "",
      "<",
      "<m",
      "<meta",
      "<meta ",
      "<meta charset",
      "<meta charset ",
      "<meta charset=",
      "<meta charset= ",
      "<meta charset=gbk",
      "<meta charset='gbk",
      "<meta charset='gbk'",
      "<meta charset=gbk ",
      "<meta charset=gbk /",
      "<!-- <meta charset=gbk>",
      "<a title='<meta charset=gbk>",
      "<a <meta charset=gbk",
      "</",
      "<!",
      "<?",
      "<!--",
      "<!-- --",
      "charset=gbk",
      "<a href=x",
      "<a",
  });
}

TEST_CASE("encodings that a page readable as ASCII can't have") {
  finds(Encoding::utf_8, {"<meta charset=utf-16>", "<meta charset=utf-16be>", "<meta charset=unicode>",
                          "<?xml version='1.0' encoding='utf-16'?>"});
  finds(Encoding::windows_1252, {"<meta charset=x-user-defined>"});
  finds(Encoding::replacement, {"<meta charset=hz-gb-2312>"});
}

TEST_CASE("an XML declaration counts where no <meta> does") {
  finds(Encoding::gbk, {
                           "<?xml version='1.0' encoding='gb2312'?><html>",
                           "<?xml version=\"1.0\" encoding = \"GBK\" standalone='yes'?>",
                           "<?xml encoding=\"gbk\"?>",
                           "<?xml version='1.0' encoding='utf-8'?><meta charset=gbk>",
                           "<?xmlencoding='gbk'>",
                       });
  finds_nothing({
      " <?xml version='1.0' encoding='gbk'?>",
      "<?XML encoding='gbk'?>",
      "<?xml version='1.0'?>",
      "<?xml encoding='gbk'",
      "<?xml encoding='gbk>",
      "<?xml encoding=gbk?>",
      "<?xml encoding='g bk'?>",
      "<?xml encoding=' gbk'?>",
      "<?xml encoding 'gbk'?>",
      "<?xml encoding='nonsense'?>",
      "<?xml encoding",
      "<?xml encoding>",
      "<?xml encoding=>",
  });
  finds(Encoding::utf_16le, {"<\0?\0x\0m\0l\0"sv});
  finds(Encoding::utf_16be, {"\0<\0?\0x\0m\0l"sv});
}

TEST_CASE("a page cut at any byte is scanned without harm") {
  const std::string page =
      "<?xml version='1.0' encoding='gbk'?><!DOCTYPE html><!-- x --><a b='c' d=\"e\" f=g h /><meta name=x>"
      "<meta http-equiv=content-type content='text/html; charset=\"big5\"'>";
  for (std::size_t size = 0; size < page.size(); ++size) {
    const auto found = prescan(std::string_view(page).substr(0, size));
    CHECK((!found || *found == Encoding::gbk));
  }
  CHECK(prescan(page) == Encoding::big5);
}

TEST_CASE("hostile markup costs linear time") {
  for (const std::string_view unit :
       {"<"sv, "<a "sv, "<meta a=b "sv, "<!--"sv, "<meta content=charset"sv, " charset"sv, "</"sv, "a=b "sv}) {
    std::string page = "<meta content='";
    for (const bool in_meta : {false, true}) {
      if (!in_meta) page.clear();
      while (page.size() < 4'000'000) page += unit;
      const auto start = std::chrono::steady_clock::now();
      CHECK_FALSE(prescan(page).has_value());
      CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
      page = "<meta http-equiv=content-type content='";
    }
  }
}

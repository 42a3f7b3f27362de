#include "html/title.hpp"

#include "catch2_shim.hpp"

using namespace nbcrawl::html;

namespace {

std::string title(std::string_view page, std::size_t piece = 1) {
  TitleReader reader;
  Tokenizer tokenizer(reader);
  for (std::size_t at = 0; at < page.size() && !reader.is_complete(); at += piece)
    tokenizer.feed(page.substr(at, piece));
  tokenizer.finish();
  return reader.title();
}

}  // namespace

TEST_CASE("the title is the text of the first <title>, on one line") {
  CHECK(title("<title>a</title>") == "a");
  CHECK(title("<html><head><TITLE lang=en>\n a\t\r\n b  c </TITLE><title>d</title>") == "a b c");
  CHECK(title("<title>a &amp; b&lt;c&#x3E; &hellip;</title>") == "a & b<c> \xE2\x80\xA6");
  CHECK(title("<title>a <b>c</b></title>") == "a <b>c</b>");
  CHECK(title("<title>a&nbsp;\xE4\xBD\xA0</title>") == "a\xC2\xA0\xE4\xBD\xA0");
  CHECK(title("<title></title><title>b</title>").empty());
  CHECK(title("<p>a</p>").empty());
  CHECK(title("").empty());
}

TEST_CASE("what is no title of the page") {
  CHECK(title("<svg><title>a</title></svg><title>b</title>") == "b");
  CHECK(title("<!-- <title>a</title> --><title>b</title>") == "b");
  CHECK(title("<script>'<title>a</title>'</script><title>b</title>") == "b");
}

TEST_CASE("a title that never ends goes as far as the page") {
  CHECK(title("<title>a <p>b") == "a <p>b");
  CHECK(title("<title>a &am") == "a &am");
  CHECK(title("<title>a</titl") == "a</titl");
}

TEST_CASE("nothing is read behind the title") {
  TitleReader reader;
  Tokenizer tokenizer(reader);
  tokenizer.feed("<title>a</title>");
  CHECK(reader.is_complete());
}

#include "html/visible_text.hpp"

#include "catch2_shim.hpp"

using namespace nbcrawl::html;

namespace {

std::string text_of(std::string_view page, std::size_t piece) {
  VisibleTextReader reader;
  Tokenizer tokenizer(reader);
  for (std::size_t at = 0; at < page.size(); at += piece) tokenizer.feed(page.substr(at, piece));
  tokenizer.finish();
  return reader.take_text();
}

// Whole, and byte by byte.
std::string text(std::string_view page) {
  const std::string whole = text_of(page, page.size() + 1);
  CHECK(text_of(page, 1) == whole);
  return whole;
}

}  // namespace

TEST_CASE("white space is collapsed") {
  CHECK(text("a") == "a\n");
  CHECK(text(" a \n b\t\r\nc ") == "a b c\n");
  CHECK(text("a <b> b</b> c") == "a b c\n");
  CHECK(text("a<b>b</b>c") == "abc\n");
  CHECK(text("a&nbsp; &nbsp;b") ==
        "a\xC2\xA0 \xC2\xA0"
        "b\n");
  CHECK(text("&lt;a&gt; &amp; b") == "<a> & b\n");
  CHECK(text("").empty());
  CHECK(text(" \n<p> </p>").empty());
}

TEST_CASE("blocks stand on lines of their own, paragraphs have blank lines around them") {
  CHECK(text("a<div>b</div>c") == "a\nb\nc\n");
  CHECK(text("<div><div>a</div></div><div>b</div>") == "a\nb\n");
  CHECK(text("<p>a</p><p>b</p>c") == "a\n\nb\n\nc\n");
  CHECK(text("<p>a<p>b") == "a\n\nb\n");
  CHECK(text("<h1>a</h1><p>b") == "a\n\nb\n");
  CHECK(text("<ul><li>a<li>b</ul>c") == "a\nb\nc\n");
  CHECK(text("<dl><dt>a<dd>b</dl>") == "a\nb\n");
  CHECK(text("a<hr>b") == "a\nb\n");
  CHECK(text("a <div> b </div> c") == "a\nb\nc\n");
  CHECK(text("<select><option>a<option>b</select>") == "a\nb\n");
  CHECK(text("a<unknown>b</unknown>c") == "abc\n");
}

TEST_CASE("<br> breaks a line") {
  CHECK(text("a<br>b") == "a\nb\n");
  CHECK(text("a <br> b") == "a\nb\n");
  CHECK(text("a<br><br>b") == "a\n\nb\n");
  CHECK(text("<div>a<br></div>b") == "a\nb\n");
  CHECK(text("a<br><p>b") == "a\n\nb\n");
  CHECK(text("<br>a<br>") == "a\n");
  CHECK(text("a</br>b") == "a\nb\n");
}

TEST_CASE("<pre> keeps its white space") {
  CHECK(text("<pre>a  b\n  c\n\n\td</pre>e") == "a  b\n  c\n\n\td\ne\n");
  CHECK(text("<pre>\na</pre>") == "a\n");
  CHECK(text("x<pre>\n\na</pre>") == "x\na\n");
  CHECK(text("x<pre>\r\n a\r\nb</pre>") == "x\n a\nb\n");
  CHECK(text("<pre><b>\na</b>  b</pre>  c  d") == "a  b\nc d\n");
  CHECK(text("<xmp> <p> </xmp>") == " <p> \n");
  CHECK(text("a <pre>b</pre>") == "a\nb\n");
}

TEST_CASE("cells of a row have a tab between them") {
  CHECK(text("<table><tr><td>a<td>b<tr><td>c<td>d</table>e") == "a\tb\nc\td\ne\n");
  CHECK(text("<table>\n<tr>\n<th>a</th>\n<td>b</td>\n</tr>\n</table>") == "a\tb\n");
  CHECK(text("<tr><td>a</td><td></td><td>c</td></tr>") == "a\t\tc\n");
  CHECK(text("x<tr><td></td><td>b</td></tr>") == "x\n\tb\n");
  CHECK(text("<tr><td><p>a</p></td><td><p>b</p></td></tr><tr><td>c") == "a\tb\n\nc\n");
  CHECK(text("<tr><td>a</td><td></td></tr>b") == "a\nb\n");
}

TEST_CASE("what is not shown") {
  CHECK(text("<title>x</title>a<script>x</script>b<style>x</style>c") == "abc\n");
  CHECK(text("a<template>x<template>x</template>x<p></template>b") == "a\n\nb\n");
  CHECK(text("a<iframe>x</iframe><noembed>x</noembed><noframes>x</noframes>b") == "ab\n");
  CHECK(text("a<!-- x -->b<!DOCTYPE x>c") == "abc\n");
  CHECK(text("a<noscript>b</noscript>c") == "abc\n");
  CHECK(text("a<svg><style/>b</svg>c") == "abc\n");
  CHECK(text("<textarea>a&amp;b</textarea>") == "a&b\n");
  CHECK(text("</template>a") == "a\n");
}

// Elements whose text has no tags: RCDATA, RAWTEXT, script data and PLAINTEXT. HTML standard, sections 13.2.5.2 to
// 13.2.5.5 and 13.2.5.9 to 13.2.5.31; where they begin, section 13.2.6.4.
#include "catch2_shim.hpp"
#include "token_case.hpp"

using namespace nbcrawl::html::test;
using namespace std::string_view_literals;

TEST_CASE("RCDATA: title and textarea have references and no tags") {
  for (const TokenCase one : {
           TokenCase{"<title>a</title>b", "<title>'a'</title>'b'"},
           {"<title>a<b>c</title>", "<title>'a<b>c'</title>"},
           {"<title>a&amp;b</title>", "<title>'a&b'</title>"},
           {"<title></title>", "<title></title>"},
           {"<title></TITLE>", "<title></title>"},
           {"<title>a</title >", "<title>'a'</title>"},
           {"<title>a</title/>", "<title>'a'</title>"},
           {"<title>a</title a='>'>b", "<title>'a'</title>'b'"},
           {"<title>a</titlex>b</title>", "<title>'a</titlex>b'</title>"},
           {"<title>a</titl>b</title>", "<title>'a</titl>b'</title>"},
           {"<title>a</ title>b</title>", "<title>'a</ title>b'</title>"},
           {"<title>a</textarea>b</title>", "<title>'a</textarea>b'</title>"},
           {"<title><!-- a</title> -->", "<title>'<!-- a'</title>' -->'"},
           {"<title>a</", "<title>'a</'"},
           {"<title>a</title", "<title>'a</title'"},
           {"<title>a</title ", "<title>'a'"},
           {"<title>a", "<title>'a'"},
           {"<title>a<", "<title>'a<'"},
           {"<title></<</title>", "<title>'</<'</title>"},
           {"<title/>a</title>", "<title/>'a'</title>"},
           {"<title>\0</title>"sv, "<title>'\xEF\xBF\xBD'</title>"},
           {"<textarea><p></textarea><p>", "<textarea>'<p>'</textarea><p>"},
           {"<textarea>&lt;</textarea>", "<textarea>'<'</textarea>"},
       }) {
    check(one);
  }
}

TEST_CASE("RAWTEXT: style and its like have neither") {
  for (const TokenCase one : {
           TokenCase{"<style>a > b {}</style>c", "<style>'a > b {}'</style>'c'"},
           {"<style><p>&amp;</style>", "<style>'<p>&amp;'</style>"},
           {"<style><!-- </style> -->", "<style>'<!-- '</style>' -->'"},
           {"<STYLE></sTyLe\n>a", "<style></style>'a'"},
           {"<style></styles></style>", "<style>'</styles>'</style>"},
           {"<xmp><p></xmp>", "<xmp>'<p>'</xmp>"},
           {"<iframe><a></iframe>", "<iframe>'<a>'</iframe>"},
           {"<noembed><a></noembed>", "<noembed>'<a>'</noembed>"},
           {"<noframes><a></noframes>", "<noframes>'<a>'</noframes>"},
           {"<noscript><a></noscript>", "<noscript><a></noscript>"},
           {"<style>\0</style>"sv, "<style>'\xEF\xBF\xBD'</style>"},
           {"<style>\r\n\r</style>", "<style>'\n\n'</style>"},
       }) {
    check(one);
  }
}

TEST_CASE("script data, and what <!-- does in it") {
  for (const TokenCase one : {
           TokenCase{"<script>a</script>b", "<script>'a'</script>'b'"},
           {"<script>if (a<b) '<p>&amp;'</script>", "<script>'if (a<b) '<p>&amp;''</script>"},
           {"<script></SCRIPT >", "<script></script>"},
           {"<script>'</scr'+'ipt>'</script>", "<script>''</scr'+'ipt>''</script>"},
           {"<script></scripts></script>", "<script>'</scripts>'</script>"},
           {"<script></</script>", "<script>'</'</script>"},
           {"<script>a</script", "<script>'a</script'"},
           {"<script>a<!", "<script>'a<!'"},
           {"<script><!-- a --></script>b", "<script>'<!-- a -->'</script>'b'"},
           {"<script><!-- a </script>b", "<script>'<!-- a '</script>'b'"},
           {"<script><!-- <script> </script> --></script>b", "<script>'<!-- <script> </script> -->'</script>'b'"},
           {"<script><!-- <script> </script> </script>b", "<script>'<!-- <script> </script> '</script>'b'"},
           {"<script><!-- <script> --> </script>b", "<script>'<!-- <script> --> '</script>'b'"},
           {"<script><!-- <script> </script>b", "<script>'<!-- <script> </script>b'"},
           {"<script><!-- <scripts> </script>b", "<script>'<!-- <scripts> '</script>'b'"},
           {"<script><!-- <SCRIPT/ </script> </script>b", "<script>'<!-- <SCRIPT/ </script> '</script>'b'"},
           {"<script><!-- <script\n </script\t </script>b", "<script>'<!-- <script\n </script\t '</script>'b'"},
           {"<script><!-- <script </scriptx> </script> </script>b",
            "<script>'<!-- <script </scriptx> </script> '</script>'b'"},
           {"<script><!--><script></script>b", "<script>'<!--><script>'</script>'b'"},
           {"<script><!---><script></script>b", "<script>'<!---><script>'</script>'b'"},
           {"<script><!-<script></script>b", "<script>'<!-<script>'</script>'b'"},
           {"<script><!-- ---><script></script>b", "<script>'<!-- ---><script>'</script>'b'"},
           {"<script><!-- - -> <script> </script>b", "<script>'<!-- - -> <script> </script>b'"},
           {"<script><!-- <script> - -- </script> </script>b", "<script>'<!-- <script> - -- </script> '</script>'b'"},
           {"<script><!-- <", "<script>'<!-- <'"},
           {"<script><!-- <scri", "<script>'<!-- <scri'"},
           {"<script><!-- -", "<script>'<!-- -'"},
           {"<script><!-- --", "<script>'<!-- --'"},
           {"<script><!-- <script></scr", "<script>'<!-- <script></scr'"},
           {"<script><!-- </script ", "<script>'<!-- '"},
           {"<script src=a></script><p>", "<script src=\"a\"></script><p>"},
       }) {
    check(one);
  }
}

TEST_CASE("plaintext never ends") { check({"<plaintext></plaintext><p>&amp;", "<plaintext>'</plaintext><p>&amp;'"}); }

TEST_CASE("in SVG and MathML an empty element has no text that could swallow the page") {
  for (const TokenCase one : {
           TokenCase{"<svg><style/><a></svg>", "<svg><style/><a></svg>"},
           {"<svg><title/><a></svg>", "<svg><title/><a></svg>"},
           {"<svg><script href=x /></svg><a>", "<svg><script href=\"x\"/></svg><a>"},
           {"<svg><style><a></style></svg>", "<svg><style>'<a>'</style></svg>"},
           {"<svg><svg></svg><style/><a>", "<svg><svg></svg><style/><a>"},
           {"<svg/><style/><a></style>", "<svg/><style/>'<a>'</style>"},
           {"<svg></svg><style/><a></style>", "<svg></svg><style/>'<a>'</style>"},
           {"</svg><style/><a></style>", "</svg><style/>'<a>'</style>"},
           {"<math><style/><a></math>", "<math><style/><a></math>"},
       }) {
    check(one);
  }
}

// Character references in text and attributes, newlines and NUL. HTML standard, sections 13.2.3.5 and 13.2.5.72 to 80.
#include <string>

#include "catch2_shim.hpp"
#include "html/named_references.hpp"
#include "token_case.hpp"

using namespace nbcrawl::html;
using namespace nbcrawl::html::test;
using namespace std::string_view_literals;

TEST_CASE("references in text") {
  for (const TokenCase one : {
           TokenCase{"&amp;", "'&'"},
           {"&amp", "'&'"},
           {"&ampx", "'&x'"},
           {"&AMP;", "'&'"},
           {"&Amp;", "'&Amp;'"},
           {"&lt;p&gt;", "'<p>'"},
           {"&copy2",
            "'\xC2\xA9"
            "2'"},
           {"&notit;", "'\xC2\xACit;'"},
           {"&notin;", "'\xE2\x88\x89'"},
           {"&notin", "'\xC2\xACin'"},
           {"&hellip;", "'\xE2\x80\xA6'"},
           {"&hellip", "'&hellip'"},
           {"&CounterClockwiseContourIntegral;", "'\xE2\x88\xB3'"},
           {"&CounterClockwiseContourIntegral", "'&CounterClockwiseContourIntegral'"},
           {"&NotEqualTilde;", "'\xE2\x89\x82\xCC\xB8'"},
           {"&Afr;", "'\xF0\x9D\x94\x84'"},
           {"&frac12;", "'\xC2\xBD'"},
           {"&frac12x", "'\xC2\xBDx'"},
           {"&nosuchname;", "'&nosuchname;'"},
           {"&", "'&'"},
           {"&;", "'&;'"},
           {"& ", "'& '"},
           {"&&amp;", "'&&'"},
           {"&<p>", "'&'<p>"},
           {"&am<p>p;", "'&am'<p>'p;'"},
           {"a&amp;b&amp;c", "'a&b&c'"},
           {"&amp;amp;", "'&amp;'"},
           {"&aVeryLongNameThatIsNoReferenceAtAllAndGoesOnAndOn;",
            "'&aVeryLongNameThatIsNoReferenceAtAllAndGoesOnAndOn;'"},
           {"&#65;", "'A'"},
           {"&#65", "'A'"},
           {"&#65x", "'Ax'"},
           {"&#x41;", "'A'"},
           {"&#X41;", "'A'"},
           {"&#x4a;&#x4A", "'JJ'"},
           {"&#x4g", "'\x04g'"},
           {"&#", "'&#'"},
           {"&#;", "'&#;'"},
           {"&#x", "'&#x'"},
           {"&#x;", "'&#x;'"},
           {"&#xg", "'&#xg'"},
           {"&#a", "'&#a'"},
           {"&#0;", "'\xEF\xBF\xBD'"},
           {"&#x110000;", "'\xEF\xBF\xBD'"},
           {"&#x10FFFF;", "'\xF4\x8F\xBF\xBF'"},
           {"&#99999999999999999999;", "'\xEF\xBF\xBD'"},
           {"&#xFFFFFFFFFFFFFFFFF41;", "'\xEF\xBF\xBD'"},
           {"&#00000000000000000000065;", "'A'"},
           {"&#x00000000000000000000041;", "'A'"},
           {"&#000000000000000000000;", "'\xEF\xBF\xBD'"},
           {"&#xD800;", "'\xEF\xBF\xBD'"},
           {"&#xDFFF;", "'\xEF\xBF\xBD'"},
           {"&#xE000;", "'\xEE\x80\x80'"},
           {"&#128;", "'\xE2\x82\xAC'"},
           {"&#x80;&#x81;&#x9f;", "'\xE2\x82\xAC\xC2\x81\xC5\xB8'"},
           {"&#150;&#151;", "'\xE2\x80\x93\xE2\x80\x94'"},
           {"&#20013;", "'\xE4\xB8\xAD'"},
           {"&#x1F600;", "'\xF0\x9F\x98\x80'"},
           {"&#13;", "'\r'"},
           {"&#10;", "'\n'"},
       }) {
    check(one);
  }
}

TEST_CASE("references in attributes: without a semicolon a name may not go on") {
  for (const TokenCase one : {
           TokenCase{"<a b='&amp;'>", "<a b=\"&\">"},
           {"<a b='&amp'>", "<a b=\"&\">"},
           {"<a b=&amp>", "<a b=\"&\">"},
           {"<a b='&ampx'>", "<a b=\"&ampx\">"},
           {"<a b='&amp='>", "<a b=\"&amp=\">"},
           {"<a b='&amp2'>", "<a b=\"&amp2\">"},
           {"<a b='&amp c'>", "<a b=\"& c\">"},
           {"<a b='&amp;x'>", "<a b=\"&x\">"},
           {"<a b='?a=1&copy=2'>", "<a b=\"?a=1&copy=2\">"},
           {"<a b='?a=1&copy;=2'>", "<a b=\"?a=1\xC2\xA9=2\">"},
           {"<a b='?a=1&copyright=2'>", "<a b=\"?a=1&copyright=2\">"},
           {"<a b='&notit;'>", "<a b=\"&notit;\">"},
           {"<a b='&notin;'>", "<a b=\"\xE2\x88\x89\">"},
           {"<a b='&#65x'>", "<a b=\"Ax\">"},
           {"<a b='&#65='>", "<a b=\"A=\">"},
           {"<a b='&#x3C;&quot;'>", "<a b=\"<\"\">"},
           {"<a b='&'>", "<a b=\"&\">"},
           {"<a b='&&'>", "<a b=\"&&\">"},
           {"<a b=c&d>", "<a b=\"c&d\">"},
           {"<a &amp;='c'>", "<a &amp;=\"c\">"},
       }) {
    check(one);
  }
}

TEST_CASE("newlines and NUL") {
  for (const TokenCase one : {
           TokenCase{"a\r\nb\rc\nd", "'a\nb\nc\nd'"},
           {"\r\r\n\n\r", "'\n\n\n\n'"},
           {"\r<p>\n", "'\n'<p>'\n'"},
           {"&am\r\np", "'&am\np'"},
           {"&\r\n", "'&\n'"},
           {"a\0b"sv, "'ab'"},
       }) {
    check(one);
  }
}

TEST_CASE("every name of the list stands for its code points, with and without its semicolon") {
  std::size_t names = 0;
  std::size_t names_alone = 0;
  for (std::string_view rest = named_reference_list; !rest.empty();) {
    const std::size_t name_end = rest.find_first_of(":;");
    const std::size_t end = rest.find(' ');
    const std::string name(rest.substr(0, name_end));
    std::string numeric = "&#x" + std::string(rest.substr(name_end + 1, end - name_end - 1)) + ";";
    if (const std::size_t plus = numeric.find('+'); plus != std::string::npos) numeric.replace(plus, 1, ";&#x");
    const std::string expected = tokens(numeric, 99);
    ++names;
    REQUIRE(tokens("&" + name + ";", 99) == expected);
    REQUIRE(tokens("&" + name + ";", 1) == expected);
    if (rest[name_end] == ':') {
      ++names_alone;
      REQUIRE(tokens("&" + name, 1) == expected);
    }
    rest.remove_prefix(end + 1);
  }
  CHECK(names + names_alone == 2231);
  CHECK(names_alone == 106);
}

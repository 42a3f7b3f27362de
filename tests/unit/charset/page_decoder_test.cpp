// Which encoding a page is taken for: argument, byte order mark, Content-Type, <meta>, detection, in that order.
#include "charset/page_decoder.hpp"

#include <string>

#include "catch2_shim.hpp"
#include "charset/from_utf8.hpp"
#include "charset_case.hpp"

using nbcrawl::DecodedPage;
using nbcrawl::Encoding;
using nbcrawl::PageDecoder;
using nbcrawl::test::data_file;
using nbcrawl::test::from_hex;

namespace {

const std::string gbk_body = "<p>" + from_hex("C4 E3 BA C3 A3 AC CA C0 BD E7 A1 A3") + "</p>";  // 你好，世界。
const std::string utf8_body = "<p>你好，世界。</p>";

struct SniffCase {
  std::string what;
  std::string bytes;
  std::string label;
  std::string content_type;
  std::string encoding;
  std::string source;
  std::string text;
};

void check(const SniffCase& sniff) {
  INFO(sniff.what);
  PageDecoder decoder;
  const DecodedPage page = decoder.decode(sniff.bytes, sniff.label, sniff.content_type);
  CHECK(name(page.encoding) == sniff.encoding);
  CHECK(name(page.source) == sniff.source);
  CHECK(page.text == sniff.text);
}

std::string page_of(std::string_view label, std::string_view text) {
  return nbcrawl::from_utf8(nbcrawl::test::encoding_of(label), text).value();
}

}  // namespace

TEST_CASE("the order: argument, byte order mark, Content-Type, <meta>") {
  const std::string bom = "\xEF\xBB\xBF";
  const std::string meta = "<meta charset=big5>";
  const std::string type = "text/html; charset=gbk";
  for (const SniffCase& sniff : std::initializer_list<SniffCase>{
           {"argument over all", bom + meta + "\xC3\xA9", "windows-1252", type, "windows-1252", "argument",
            "ï»¿" + meta + "Ã©"},
           {"argument, its own byte order mark goes", bom + "é", "utf-8", type, "utf-8", "argument", "é"},
           {"argument utf-16be with mark", "\xFE\xFF" + page_of("utf-16be", "é"), "utf-16be", "", "utf-16be",
            "argument", "é"},
           {"unknown argument", gbk_body, "nonsense", type, "gbk", "content-type", utf8_body},
           {"byte order mark over Content-Type and meta", bom + meta + utf8_body, "", type, "utf-8", "bom",
            meta + utf8_body},
           {"utf-16le mark", "\xFF\xFE" + page_of("utf-16le", utf8_body), "", type, "utf-16le", "bom", utf8_body},
           {"utf-16be mark", "\xFE\xFF" + page_of("utf-16be", utf8_body), "", type, "utf-16be", "bom", utf8_body},
           {"a mark alone", bom, "", "", "utf-8", "bom", ""},
           {"a mark and damage", bom + "a\xFF", "", "", "utf-8", "bom", "a\uFFFD"},
           {"Content-Type over meta", meta + gbk_body, "", type, "gbk", "content-type", meta + utf8_body},
           {"meta", "<meta charset=gb2312>" + gbk_body, "", "text/html", "gbk", "meta",
            "<meta charset=gb2312>" + utf8_body},
           {"unknown Content-Type", "<meta charset=gbk>" + gbk_body, "", "text/html; charset=none", "gbk", "meta",
            "<meta charset=gbk>" + utf8_body},
           {"XML declaration", "<?xml encoding='gbk'?>" + gbk_body, "", "", "gbk", "meta",
            "<?xml encoding='gbk'?>" + utf8_body},
           {"ASCII keeps what it declares", meta + "abc", "", "", "big5", "meta", meta + "abc"},
           {"ASCII that declares nothing", "abc", "", "", "utf-8", "detected", "abc"},
           {"empty", "", "", "", "utf-8", "detected", ""},
           {"empty and declared", "", "", type, "gbk", "content-type", ""},
           {"nothing to tell", "caf\xE9", "", "", "windows-1252", "default", "café"},
       }) {
    check(sniff);
  }
}

TEST_CASE("a <meta> in the first 1024 bytes is believed; a later one only where the page is not UTF-8") {
  const std::string meta = "<meta charset=big5>";
  for (const std::size_t before : {0U, 1000U, 1005U}) {
    const std::string head = std::string(before, ' ') + meta;
    check({"within", head + "\xA7\x41", "", "", "big5", "meta", head + "你"});
  }
  for (const std::size_t before : {1006U, 1024U, 60'000U}) {
    const std::string head = std::string(before, ' ') + meta;
    check({"late", head + "\xA7\x41", "", "", "big5", "meta", head + "你"});
    check({"late, but UTF-8", head + "你", "", "", "utf-8", "detected", head + "你"});
  }
  const std::string far = std::string(70'000, ' ') + "<meta charset=koi8-r>";
  check({"too late", far + "\xF7", "", "", "windows-1252", "default", far + "÷"});
}

TEST_CASE("a page that is UTF-8 and says it is something else is UTF-8") {
  for (const auto* label :
       {"iso-8859-1", "gb2312", "big5", "shift_jis", "euc-kr", "windows-1251", "utf-16", "hz-gb-2312"}) {
    const std::string type = std::string("text/html; charset=") + label;
    check({label, utf8_body, "", type, "utf-8", "detected", utf8_body});
    const std::string meta = std::string("<meta charset=\"") + label + "\">" + utf8_body;
    if (std::string_view(label) != "utf-16") check({label, meta, "", "", "utf-8", "detected", meta});
    check({"but meta knows", "<meta charset=utf-8>" + utf8_body, "", type, "utf-8", "meta",
           "<meta charset=utf-8>" + utf8_body});
  }
  check({"one letter is enough against iso-8859-1", "© 2024", "", "text/html; charset=iso-8859-1", "utf-8", "detected",
         "© 2024"});
  check({"but not against gbk, where it is 漏", "\xC2\xA9", "", "text/html; charset=gbk", "gbk", "content-type", "漏"});
}

TEST_CASE("a page that says UTF-8 and is not is detected") {
  for (const auto& [language, encoding] :
       std::initializer_list<std::pair<std::string, std::string>>{{"zh-cn", "gbk"},
                                                                  {"zh-tw", "big5"},
                                                                  {"ja", "shift_jis"},
                                                                  {"ja", "euc-jp"},
                                                                  {"ko", "euc-kr"},
                                                                  {"ru", "windows-1251"},
                                                                  {"ru", "koi8-r"}}) {
    const std::string bytes = data_file(language + "." + encoding + ".html");
    const std::string text = data_file(language + ".utf-8.html");
    check({encoding, bytes, "", "text/html; charset=utf-8", encoding, "detected", text});
    const std::string meta = "<meta charset=utf-8>";
    check({encoding, meta + bytes, "", "", encoding, "detected", meta + text});
    // What is declared next may be right.
    const std::string right = "<meta charset=" + encoding + ">";
    check({encoding, right + bytes, "", "text/html; charset=utf-8", encoding, "meta", right + text});
  }
  check({"a French word", "<p>caf\xE9", "", "text/html; charset=utf-8", "windows-1252", "default", "<p>café"});
}

TEST_CASE("an iso-2022-jp page that says it is something else") {
  const std::string bytes = data_file("ja.iso-2022-jp.html");
  check({"nothing said", bytes, "", "", "iso-2022-jp", "detected", data_file("ja.utf-8.html")});
  check({"replacement", bytes, "", "text/html; charset=iso-2022-kr", "iso-2022-jp", "detected",
         data_file("ja.utf-8.html")});
}

TEST_CASE("little damage does not shake a declaration") {
  const std::string text = data_file("zh-cn.utf-8.html");
  const std::string gbk = data_file("zh-cn.gbk.html");
  check({"UTF-8, cut", text + "\xE4\xBD", "", "text/html; charset=utf-8", "utf-8", "content-type", text + "\uFFFD"});
  check({"gbk, cut", gbk + "\xC4", "", "text/html; charset=gb2312", "gbk", "content-type", text + "\uFFFD"});
  check({"gbk, a stray byte", gbk + "\xFF", "", "text/html; charset=gb2312", "gbk", "content-type", text + "\uFFFD"});
  check({"UTF-8, cut, nothing said", text + "\xE4\xBD", "", "", "utf-8", "detected", text + "\uFFFD"});
  check({"a short one with much of it", gbk_body + "\xC4", "", "text/html; charset=gbk", "gbk", "content-type",
         utf8_body + "\uFFFD"});
}

TEST_CASE("an argument is obeyed even where it makes no sense") {
  check({"gbk as utf-8", "\xC4\xE3", "utf-8", "", "utf-8", "argument", "\uFFFD\uFFFD"});
  check({"utf-8 as gbk", "\xE4\xBD\xA0", "gbk", "", "gbk", "argument", "浣\uFFFD"});
  check({"replacement", "abc", "iso-2022-kr", "", "replacement", "argument", "\uFFFD"});
  check({"utf-16 of ASCII", "ab", "utf-16le", "", "utf-16le", "argument", "扡"});
}

TEST_CASE("Western and Central European pages") {
  const std::string french =
      "Le système détecte les périphériques déjà configurés, puis démarre l'installateur : à la première étape, "
      "choisissez la langue française. Les paquets nécessaires seront téléchargés après vérification.";
  check({"French", page_of("windows-1252", french), "", "", "windows-1252", "detected", french});
  const std::string czech =
      "Příručka popisuje, jak nainstalovat systém. Nejnovější verzi naleznete na stránkách, kde můžete také stáhnout "
      "překlady do dalších jazyků. Žádný počítač neběží věčně, proto si zálohujte důležité soubory.";
  check({"Czech", page_of("windows-1250", czech), "", "", "windows-1250", "detected", czech});
  check({"Czech", page_of("iso-8859-2", czech), "", "", "iso-8859-2", "detected", czech});
}

TEST_CASE("a lone accented or typographic character is no East Asian text") {
  for (const auto* hex :
       {"49 74 92 73 20 61 20 66 61 63 74", "93 77 6F 72 64 94", "47 72 F6 DF 65", "A9 20 32 30 32 34",
        "50 6F 72 74 75 67 75 EA 73", "66 75 6E E7 E3 6F", "E0 20 6C 61", "41 C7 C3 4F"}) {
    INFO(hex);
    PageDecoder decoder;
    const std::string bytes = from_hex(hex);
    CHECK(name(decoder.decode(bytes, "", "").encoding) == "windows-1252");
  }
}

TEST_CASE("text that is UTF-8 already is not copied") {
  PageDecoder decoder;
  const std::string bom = "\xEF\xBB\xBF";
  for (const std::string& bytes :
       {utf8_body, bom + utf8_body, std::string("plain"), std::string("<meta charset=gbk>plain")}) {
    const DecodedPage page = decoder.decode(bytes, "", "");
    CHECK(page.text.data() + page.text.size() == bytes.data() + bytes.size());
  }
  CHECK(decoder.decode("plain", "windows-1252", "").text == "plain");
}

TEST_CASE("a decoder serves page after page") {
  PageDecoder decoder;
  for (int round = 0; round < 3; ++round) {
    CHECK(decoder.decode(gbk_body, "gbk", "").text == utf8_body);
    CHECK(decoder.decode(std::string(2'000'000, '\xE9'), "windows-1252", "").text.size() == 4'000'000);
    CHECK(decoder.decode("a\xFF", "utf-8", "").text == "a\uFFFD");
    CHECK(decoder.decode("", "gbk", "").text.empty());
  }
}

// Real pages in the encodings they would have had (tests/data/charset/README.md says where they come from).
#include <string>

#include "catch2_shim.hpp"
#include "charset/detect.hpp"
#include "charset/from_utf8.hpp"
#include "charset/page_decoder.hpp"
#include "charset/utf8.hpp"
#include "charset_case.hpp"

using nbcrawl::test::data_file;
using nbcrawl::test::encoding_of;

namespace {

struct Fixture {
  std::string language;
  std::string encoding;
  [[nodiscard]] std::string bytes() const { return data_file(language + "." + encoding + ".html"); }
  [[nodiscard]] std::string text() const { return data_file(language + ".utf-8.html"); }
};

const std::initializer_list<Fixture> fixtures = {
    {"zh-cn", "gbk"},      {"zh-tw", "big5"}, {"ja", "shift_jis"},    {"ja", "euc-jp"},
    {"ja", "iso-2022-jp"}, {"ko", "euc-kr"},  {"ru", "windows-1251"}, {"ru", "koi8-r"},
};

}  // namespace

TEST_CASE("real pages become the UTF-8 they were made from") {
  for (const Fixture& fixture : fixtures) {
    INFO(fixture.language << " " << fixture.encoding);
    std::string text;
    CHECK(nbcrawl::to_utf8(encoding_of(fixture.encoding), fixture.bytes(), text) == 0);
    CHECK(text == fixture.text());
  }
}

TEST_CASE("real pages are written in the encoding as other software writes them") {
  for (const Fixture& fixture : fixtures) {
    INFO(fixture.language << " " << fixture.encoding);
    CHECK(nbcrawl::from_utf8(encoding_of(fixture.encoding), fixture.text()).value() == fixture.bytes());
  }
}

TEST_CASE("the encoding of a real page that says nothing is detected") {
  for (const Fixture& fixture : fixtures) {
    INFO(fixture.language << " " << fixture.encoding);
    nbcrawl::PageDecoder decoder;
    const std::string bytes = fixture.bytes();
    const auto page = decoder.decode(bytes, "", "text/html");
    CHECK(name(page.encoding) == fixture.encoding);
    CHECK(page.source == nbcrawl::CharsetSource::detected);
    CHECK(page.text == fixture.text());
  }
}

TEST_CASE("every part of a real page gives its encoding away, and so does a page with damage") {
  for (const Fixture& fixture : fixtures) {
    const std::string text = fixture.text();
    for (std::size_t at = 0; at < text.size(); at += 1000) {
      // From 1000 bytes on, whole characters.
      std::size_t begin = at;
      std::size_t end = std::min(at + 1500, text.size());
      while (begin < text.size() && (text[begin] & 0xC0) == 0x80) ++begin;
      while (end < text.size() && (text[end] & 0xC0) == 0x80) ++end;
      const std::string part = text.substr(begin, end - begin);
      if (nbcrawl::count_sequences(part) < 20) continue;
      std::string bytes = nbcrawl::from_utf8(encoding_of(fixture.encoding), part).value();
      INFO(fixture.language << " " << fixture.encoding << ": " << part);
      CHECK(name(nbcrawl::detect_encoding(bytes).value()) == fixture.encoding);
      if (fixture.encoding == "iso-2022-jp") continue;
      bytes.insert(bytes.size() / 2, "\xFF");
      bytes += '\xC4';
      CHECK(name(nbcrawl::detect_encoding(bytes).value()) == fixture.encoding);
    }
  }
}

TEST_CASE("every character of an index that can be written comes back") {
  for (const auto* label :
       {"gbk", "gb18030", "big5", "euc-jp", "shift_jis", "euc-kr", "iso-2022-jp", "windows-1251", "koi8-u"}) {
    const auto encoding = encoding_of(label);
    std::size_t written = 0;
    std::string back;
    for (char32_t c = 0xA1; c < 0xD800; c += 7) {
      std::string text;
      text += static_cast<char>(0xE0 | (c >> 12));
      text += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
      text += static_cast<char>(0x80 | (c & 0x3F));
      if (c < 0x800) text = {static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))};
      const auto bytes = nbcrawl::from_utf8(encoding, text);
      if (!bytes) continue;
      ++written;
      nbcrawl::to_utf8(encoding, *bytes, back);
      if (back != text)
        FAIL_CHECK(label << " U+" << std::hex << static_cast<std::uint32_t>(c) << " comes back as " << back);
    }
    CHECK(written > 15);
  }
}

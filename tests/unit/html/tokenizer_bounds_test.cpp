// What a hostile page may not do.
#include <string>

#include "catch2_shim.hpp"
#include "token_case.hpp"

using namespace nbcrawl::html;
using namespace nbcrawl::html::test;

namespace {

constexpr std::size_t pieces[] = {1000, 65'536, 100'000'000};

std::string repeat(std::string_view text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

struct Count final : TokenReader {
  std::size_t tags = 0;
  std::size_t attributes = 0;
  std::size_t bytes = 0;
  void start_tag(const Tag& tag) override {
    ++tags;
    attributes += tag.attributes.size();
  }
  void text(std::string_view raw, TextKind /*kind*/) override { bytes += raw.size(); }
};

Count count(std::string_view page, std::size_t piece) {
  Count counted;
  Tokenizer tokenizer(counted);
  for (std::size_t at = 0; at < page.size(); at += piece) tokenizer.feed(page.substr(at, piece));
  tokenizer.finish();
  return counted;
}

}  // namespace

TEST_CASE("a tag of up to max_tag_bytes has its attributes, a longer one none, however it comes in") {
  const std::string frame = "<a b=''>";
  for (const std::size_t piece : pieces) {
    CAPTURE(piece);
    const std::string longest = "<a b='" + std::string(max_tag_bytes - frame.size(), 'x') + "'>c";
    CHECK(tokens(longest, piece).starts_with("<a b=\"xxx"));
    for (const std::size_t excess : {1, 5, 5000, 2'000'000}) {
      const std::string longer = "<a b='" + std::string(max_tag_bytes - frame.size() + excess, '>') + "'>c<a b=c>";
      const Count counted = count(longer, piece);
      CHECK(counted.tags == 2);
      CHECK(counted.attributes == 1);
      CHECK(counted.bytes == 1);
    }
  }
}

TEST_CASE("a script whose tag is too long is a script still") {
  const std::string page = "<script a='" + std::string(max_tag_bytes * 2, 'x') + "'><a></script><a>";
  for (const std::size_t piece : pieces) CHECK(count(page, piece).tags == 2);
}

TEST_CASE("a tag of a million attributes, and one whose name is endless") {
  const std::string attributes = "<a" + repeat(" b=c", 1'000'000) + ">d";
  const std::string name = "<" + std::string(5'000'000, 'a') + ">d";
  for (const std::string& page : {attributes, name}) {
    for (const std::size_t piece : pieces) {
      const Count counted = count(page, piece);
      CHECK(counted.tags == 1);
      CHECK(counted.attributes == 0);
      CHECK(counted.bytes == 1);
    }
  }
}

TEST_CASE("what never ends is passed over in time and memory that do not grow with it") {
  for (const std::string_view begin : {"<!--", "<!", "<a b='", "<a b=", "<a b", "<a ", "</a ", "&#", "&", "<title>"}) {
    CAPTURE(begin);
    Count counted;
    Tokenizer tokenizer(counted);
    tokenizer.feed(begin);
    const std::string piece(1000, '0');
    for (int i = 0; i < 20'000; ++i) tokenizer.feed(piece);
    tokenizer.finish();
    CHECK(counted.bytes >= (begin.starts_with('&') || begin == "<title>" ? 20'000'000U : 0U));
  }
}

TEST_CASE("a million nested tags and a million stray signs") {
  CHECK(count(repeat("<div>", 1'000'000), 65'536).tags == 1'000'000);
  CHECK(count(repeat("<svg>", 1'000'000), 65'536).tags == 1'000'000);
  CHECK(count("<script><!--" + repeat("<script", 1'000'000), 65'536).tags == 1);
  CHECK(count("<script><!--" + repeat("-<", 1'000'000), 65'536).tags == 1);
  CHECK(count("<title>" + repeat("</titl", 1'000'000), 65'536).tags == 1);
  CHECK(count("<!--" + repeat("--!", 1'000'000), 65'536).tags == 0);
  CHECK(count(repeat("<", 1'000'000), 65'536).bytes == 1'000'000);
}

TEST_CASE("references that never end") {
  for (const std::string_view begin : {"&#", "&#x", "&"}) {
    TextDecoder decoder;
    std::string text;
    const std::string zeros(1000, '0');
    decoder.decode(begin, TextKind::data, text);
    for (int i = 0; i < 10'000; ++i) decoder.decode(zeros, TextKind::data, text);
    decoder.decode("41;", TextKind::data, text);
    decoder.finish(text);
    CHECK(text.size() < 11'000'000);
    if (begin == "&#") CHECK(text == ")");
    if (begin == "&#x") CHECK(text == "A");
  }
}

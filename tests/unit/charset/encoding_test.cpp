// Names and labels of the Encoding standard, section 4.2. labels.txt lists all of them: "LABEL NAME" a line.
#include "charset/encoding.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string>

#include "catch2_shim.hpp"
#include "charset_case.hpp"

using namespace std::string_view_literals;
using nbcrawl::Encoding;
using nbcrawl::find_encoding;
using nbcrawl::name;

TEST_CASE("every label of the standard finds its encoding, whatever the case and the white space around it") {
  std::istringstream lines(nbcrawl::test::data_file("labels.txt"));
  std::size_t count = 0;
  for (std::string label, expected; lines >> label >> expected; ++count) {
    INFO(label);
    REQUIRE(find_encoding(label).has_value());
    CHECK(name(*find_encoding(label)) == expected);
    std::string upper = label;
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    CHECK(find_encoding("\t\n\f\r " + upper + " \r\n") == find_encoding(label));
  }
  CHECK(count == 228);
}

TEST_CASE("the name of every encoding is a label of it") {
  for (std::size_t i = 0; i <= static_cast<std::size_t>(Encoding::replacement); ++i) {
    const auto encoding = static_cast<Encoding>(i);
    CHECK(find_encoding(name(encoding)) == encoding);
  }
}

TEST_CASE("what browsers read in an old label") {
  CHECK(find_encoding("gb2312") == Encoding::gbk);
  CHECK(find_encoding("iso-8859-1") == Encoding::windows_1252);
  CHECK(find_encoding("ascii") == Encoding::windows_1252);
  CHECK(find_encoding("ks_c_5601-1987") == Encoding::euc_kr);
  CHECK(find_encoding("hz-gb-2312") == Encoding::replacement);
  CHECK(find_encoding("utf-16") == Encoding::utf_16le);
  CHECK(find_encoding("utf8") == Encoding::utf_8);
}

TEST_CASE("no label: unknown words, other white space, what is inside or too long") {
  for (const auto label : {""sv, " "sv, "utf-9"sv, "utf 8"sv, "utf_8"sv, "gbk;"sv, "'gbk'"sv, "\vgbk"sv, "gbk\0"sv,
                           "\0gbk"sv, "\xC2\xA0gbk"sv, "gb"sv, "gbkk"sv, "GB\xE2\x84\xAA"sv}) {
    CHECK_FALSE(find_encoding(label).has_value());
  }
  CHECK_FALSE(find_encoding(std::string(100'000, 'g')).has_value());
  CHECK(find_encoding(std::string(100'000, ' ') + "gbk") == Encoding::gbk);
}

TEST_CASE("an argument that is no label is an error which names it") {
  CHECK(nbcrawl::encoding_argument("GB2312").value() == Encoding::gbk);
  const auto unknown = nbcrawl::encoding_argument("klingon");
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().kind == nbcrawl::ErrorKind::invalid_job);
  CHECK(unknown.error().detail == "unknown charset \"klingon\"");
}

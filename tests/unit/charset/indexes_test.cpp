// The tables we build from ICU against those that the Encoding standard publishes (index-*.txt, as of June 2025): a
// hash of each, FNV-1a over the pairs of pointer and code point. A new ICU that maps a character differently shows
// here.
#include "charset/indexes.hpp"

#include <cstdint>
#include <string_view>

#include "catch2_shim.hpp"
#include "charset/single_byte.hpp"

namespace {

template <class Index>
std::uint64_t hash(const Index& index) {
  constexpr std::uint64_t prime = 0x100000001B3;
  std::uint64_t hash = 0xCBF29CE484222325;
  for (std::size_t pointer = 0; pointer < index.size(); ++pointer) {
    if (index[pointer] == 0) continue;
    hash = (hash ^ pointer) * prime;
    hash = (hash ^ index[pointer]) * prime;
  }
  return hash;
}

char32_t code_point(const nbcrawl::Utf8Character& c) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(c.bytes[i]); };
  if (c.size == 2) return (byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU);
  return (byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
}

struct SingleByteHash {
  std::string_view label;
  std::uint64_t hash;
};

}  // namespace

TEST_CASE("the indexes are those of the standard") {
  CHECK(hash(nbcrawl::gb18030_index()) == 0xBD8A1DF5857E281D);
  CHECK(hash(nbcrawl::big5_index()) == 0x42D9E01EA9B9B4FE);
  CHECK(hash(nbcrawl::jis0208_index()) == 0x936B6DB94E5AB795);
  CHECK(hash(nbcrawl::jis0212_index()) == 0x28E679DE3E40464F);
  CHECK(hash(nbcrawl::euc_kr_index()) == 0x0BD05EE8A509C516);
}

TEST_CASE("the four-byte characters of gb18030 are those of the standard's ranges") {
  CHECK(nbcrawl::gb18030_ranges().size() == 39'420);
  CHECK(hash(nbcrawl::gb18030_ranges()) == 0x5EC048D920844B82);
}

TEST_CASE("the single-byte tables are those of the standard") {
  for (const auto& [label, expected] : std::initializer_list<SingleByteHash>{
           {"ibm866", 0x303A1E11AAE157E9},         {"iso-8859-2", 0x4B9AACFA08CE1156},
           {"iso-8859-3", 0x671907C7254C3454},     {"iso-8859-4", 0x4877CA8F7E6E383D},
           {"iso-8859-5", 0xDAB703E1C9B1AD35},     {"iso-8859-6", 0x0FB42DE0FD89A9B1},
           {"iso-8859-7", 0xB558F9829E23545D},     {"iso-8859-8", 0x3F37DE288F75229C},
           {"iso-8859-8-i", 0x3F37DE288F75229C},   {"iso-8859-10", 0xB655B5421F79E8B2},
           {"iso-8859-13", 0x33CAA39544BA32CC},    {"iso-8859-14", 0xB3C29BEBE82C765A},
           {"iso-8859-15", 0xE6A4936CA520743F},    {"iso-8859-16", 0x4C54E6CE996EC517},
           {"koi8-r", 0x5D7D04ED3EFF3E97},         {"koi8-u", 0xCE5598396F96A00F},
           {"macintosh", 0xE955A792E94C5076},      {"windows-874", 0x14248E0E76CF9A0B},
           {"windows-1250", 0x22C332F4FB7AAF55},   {"windows-1251", 0xDD7A96025FEA9EF3},
           {"windows-1252", 0x0D1166DA38621467},   {"windows-1253", 0x1CB138F408788D4D},
           {"windows-1254", 0xE04A15301A94C72D},   {"windows-1255", 0xA54C17A6B2CD43D7},
           {"windows-1256", 0x3BA36C13C8A82C14},   {"windows-1257", 0x213B402D4F5ED79E},
           {"windows-1258", 0xA83B508E323A82B2},   {"x-mac-cyrillic", 0xF7417004FF6DA870},
           {"x-user-defined", 0x6309DC7B1A5B9D25},
       }) {
    INFO(label);
    const auto& table = nbcrawl::single_byte_table(nbcrawl::find_encoding(label).value());
    std::array<char32_t, 128> code_points{};
    for (std::size_t i = 0; i < code_points.size(); ++i) {
      code_points[i] = code_point(table.characters[i]);
      CHECK(table.mapped[i] == (code_points[i] != 0xFFFD));
    }
    CHECK(hash(code_points) == expected);
  }
}

#include "base/keyed_hash.hpp"

#include <string>

#include "catch2_shim.hpp"

using nbcrawl::KeyedHash;

// Values of other implementations: Rust's DefaultHasher (whose key is zero), and one in Python which also gave the
// published values of SipHash-2-4.
TEST_CASE("SipHash-1-3 of texts shorter than a word, of whole words and longer") {
  const KeyedHash zero(KeyedHash::Key{.first = 0, .second = 0});
  CHECK(zero("") == 0xD1FBA762150C532C);
  CHECK(zero("a") == 0x407448D2B89B1813);
  CHECK(zero("abcdefg") == 0x6DB12AAE9070F506);
  CHECK(zero("abcdefgh") == 0x3F7B849C0B8E35EA);
  CHECK(zero("abcdefghi") == 0xF89B34A3D11EB6E5);
  CHECK(zero("The quick brown fox jumps over the lazy dog") == 0x8DF676D3D00C451E);

  const KeyedHash keyed(KeyedHash::Key{.first = 0x0706050403020100, .second = 0x0F0E0D0C0B0A0908});
  std::string bytes;
  while (bytes.size() < 63) bytes += static_cast<char>(bytes.size());
  CHECK(keyed(bytes.substr(0, 8)) == 0x369095118D299A8E);
  CHECK(keyed(bytes.substr(0, 15)) == 0xD320D86D2A519956);
  CHECK(keyed(bytes) == 0x9D199062B7BBB3A8);
}

TEST_CASE("the key is drawn, and the same in the whole process") {
  const KeyedHash one;
  CHECK(one("a") == KeyedHash()("a"));
  CHECK(one("a") != KeyedHash(KeyedHash::Key{.first = 0, .second = 0})("a"));
}

#include "base/sha256.hpp"

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

TEST_CASE("SHA-256 gives the digests of FIPS 180-4's examples") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("SHA-256 of bytes as they come is that of all so far") {
  Sha256 hash;
  const std::string of_none = hash.digest();
  hash.update("a");
  hash.update("bc");
  CHECK(hash.digest() != of_none);
  CHECK(hash.digest().substr(0, 4) == "\xba\x78\x16\xbf");
  CHECK(hash.digest().size() == 32);
}

}  // namespace
}  // namespace nbcrawl

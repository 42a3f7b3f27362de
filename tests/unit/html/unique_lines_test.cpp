#include "html/unique_lines.hpp"

#include <cstdint>
#include <cstring>
#include <ctime>
#include <functional>
#include <string>

#include "catch2_shim.hpp"

using nbcrawl::html::UniqueLines;

TEST_CASE("texts stand in the order they were added, each once") {
  UniqueLines lines;
  CHECK(lines.block().empty());
  CHECK(lines.add("b"));
  CHECK(lines.add("a"));
  CHECK_FALSE(lines.add("b"));
  CHECK(lines.add(""));
  CHECK_FALSE(lines.add(""));
  CHECK(lines.size() == 3);
  CHECK(lines[0] == "b");
  CHECK(lines[2].empty());
  CHECK(lines.block() == "b\na\n\n");
}

TEST_CASE("many texts: none is lost, none is there twice") {
  UniqueLines lines;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 100'000; ++i) CHECK(lines.add(std::to_string(i)) == (round == 0));
  }
  CHECK(lines.size() == 100'000);
  CHECK(lines[99'999] == "99999");
}

namespace {

// The second word of a text of two for which std::hash gives the same whatever the first is. Its mixing (MurmurHash64A
// with a fixed seed, in libstdc++) can be undone step by step, which is what a hostile page would do.
class Collisions {
 public:
  std::string text(std::uint64_t first) const {
    const std::uint64_t state = (seed_ ^ mix(first)) * factor;
    const std::uint64_t second = unmix(state ^ wanted);
    std::string bytes(16, '\0');
    std::memcpy(bytes.data(), &first, 8);
    std::memcpy(bytes.data() + 8, &second, 8);
    return bytes;
  }

 private:
  static constexpr std::uint64_t factor = 0xC6A4A7935BD1E995U;
  static constexpr std::uint64_t inverse_of_factor = 0x5F7A0EA7E59B19BDU;
  static constexpr std::uint64_t wanted = 42;
  static std::uint64_t mix(std::uint64_t word) {
    word *= factor;
    word ^= word >> 47U;
    return word * factor;
  }
  static std::uint64_t unmix(std::uint64_t word) {
    word *= inverse_of_factor;
    word ^= word >> 47U;
    return word * inverse_of_factor;
  }

  std::uint64_t seed_ = 0xC70F6907U ^ (16 * factor);
};

}  // namespace

TEST_CASE("texts that std::hash can't tell apart take time in proportion to their number") {
  const Collisions collisions;
  REQUIRE(std::hash<std::string>{}(collisions.text(1)) == std::hash<std::string>{}(collisions.text(2)));

  UniqueLines lines;
  const std::clock_t begin = std::clock();
  for (std::uint64_t i = 0; i < 200'000; ++i) lines.add(collisions.text(i));
  CHECK(lines.size() == 200'000);
  CHECK(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC < 5);
}

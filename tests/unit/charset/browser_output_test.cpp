// The same output as a browser's: hashes of what Firefox decodes many short byte strings to (browser_output.txt, made
// by browser_output.html), against hashes of what to_utf8() makes of the same strings.
#include <array>
#include <cstdint>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "base/utf8.hpp"
#include "catch2_shim.hpp"
#include "charset_case.hpp"

using nbcrawl::test::encoding_of;
using nbcrawl::test::from_hex;

namespace {

// FNV-1a over code points, as in browser_output.html.
class Hash {
 public:
  void add(std::uint32_t number) { value_ = (value_ ^ number) * 0x01000193U; }
  void add_text(std::string_view text) {
    while (!text.empty()) {
      const nbcrawl::CodePoint c = nbcrawl::next_code_point(text);
      add(c.value);
      text.remove_prefix(c.size);
    }
    add(0x110000);
  }
  [[nodiscard]] std::string hex() const {
    std::array<char, 9> digits{};
    std::snprintf(digits.data(), digits.size(), "%08x", value_);
    return digits.data();
  }

 private:
  std::uint32_t value_ = 0x811C9DC5U;
};

class Decoder {
 public:
  explicit Decoder(std::string_view label) : encoding_(encoding_of(label)) {}
  std::string_view operator()(std::string_view bytes) {
    nbcrawl::to_utf8(encoding_, bytes, text_);
    return text_;
  }

 private:
  nbcrawl::Encoding encoding_;
  std::string text_;
};

// A hash for each of 128 bytes from `first` on: of PREFIX BYTE T, and of the same before a byte and a character more,
// for every T.
std::string rows(Decoder& decode, const std::string& prefix, int first) {
  std::string hashes;
  for (int lead = first; lead < first + 128; ++lead) {
    Hash hash;
    for (int trail = 0; trail < 256; ++trail) {
      const std::string bytes = prefix + static_cast<char>(lead) + static_cast<char>(trail);
      for (const std::string_view rest : {"", "A", "\xC4\xE3\x41"}) hash.add_text(decode(bytes + std::string(rest)));
    }
    hashes += hash.hex();
  }
  return hashes;
}

// One hash of every string of 1 to `longest` of the bytes.
std::string words(Decoder& decode, const std::string& bytes, std::size_t longest) {
  Hash hash;
  for (std::size_t size = 1; size <= longest; ++size) {
    std::vector<std::size_t> digits(size);
    std::string word(size, bytes[0]);
    for (std::size_t carry = 0; carry != size;) {
      hash.add_text(decode(word));
      for (carry = 0; carry != size; ++carry) {
        digits[carry] = (digits[carry] + 1) % bytes.size();
        word[carry] = bytes[digits[carry]];
        if (digits[carry] != 0) break;
      }
    }
  }
  return hash.hex();
}

// One hash of random strings, a quarter of whose bytes are ASCII.
std::string random_strings(Decoder& decode, int count) {
  Hash hash;
  std::uint32_t state = 1;
  const auto next = [&state] {
    state ^= state << 13U;
    state ^= state >> 17U;
    state ^= state << 5U;
    return state;
  };
  for (int i = 0; i < count; ++i) {
    std::string bytes(1 + next() % 24, '\0');
    for (char& byte : bytes) {
      const std::uint32_t number = next();
      byte = static_cast<char>((number & 0x300U) != 0 ? number & 0xFFU : number & 0x7FU);
    }
    hash.add_text(decode(bytes));
  }
  return hash.hex();
}

}  // namespace

TEST_CASE("what a browser makes of every two bytes, of strings that break characters and of random ones") {
  std::istringstream lines(nbcrawl::test::data_file("browser_output.txt"));
  std::size_t count = 0;
  std::string bytes;
  int number = 0;
  for (std::string label, kind, expected; lines >> label >> kind >> bytes >> number >> expected; ++count) {
    INFO(label << " " << kind << " " << bytes);
    Decoder decode(label);
    bytes = bytes == "-" ? "" : from_hex(bytes);
    if (kind == "random") {
      CHECK(random_strings(decode, number) == expected);
    } else if (kind == "words") {
      CHECK(words(decode, bytes, static_cast<std::size_t>(number)) == expected);
    } else {
      const std::string hashes = rows(decode, bytes, number);
      REQUIRE(expected.size() == hashes.size());
      for (std::size_t row = 0; row < 128; ++row) {
        INFO("lead byte " << std::hex << static_cast<std::size_t>(number) + row);
        CHECK(hashes.substr(row * 8, 8) == expected.substr(row * 8, 8));
      }
    }
  }
  CHECK(count == 73);
}

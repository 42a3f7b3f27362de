// The number of records that a message over TCP is said to have, however it is cut.
#include "net/answer_limit.hpp"

#include <string>

#include "catch2_shim.hpp"

using namespace nbcrawl;

namespace {

/// A message with its length before it, of so many answers.
std::string message(unsigned answers, std::size_t size) {
  std::string bytes(size + 2, '\x7F');
  bytes[0] = static_cast<char>(size >> 8U);
  bytes[1] = static_cast<char>(size & 0xFFU);
  if (size > 6) bytes[8] = static_cast<char>(answers >> 8U);
  if (size > 7) bytes[9] = static_cast<char>(answers & 0xFFU);
  return bytes;
}

std::string limited(std::string bytes, std::size_t cut) {
  AnswerLimit limit;
  const std::span all(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size());
  limit.apply(all.first(cut));
  limit.apply(all.subspan(cut));
  return bytes;
}

}  // namespace

TEST_CASE("a message over TCP has 255 answers at most, and nothing else in it changes") {
  const std::string before = message(4000, 300) + message(0, 12) + message(0, 0) + message(0, 7) + message(256, 12) +
                             message(255, 60'000) + message(65'535, 65'535);
  const std::string after = message(255, 300) + message(0, 12) + message(0, 0) + message(0, 7) + message(255, 12) +
                            message(255, 60'000) + message(255, 65'535);
  for (std::size_t cut = 0; cut < 400; ++cut) {
    INFO(cut);
    REQUIRE(limited(before, cut) == after);
  }
}

#include "net/answer_limit.hpp"

namespace nbcrawl {

namespace {

// RFC 1035 section 4.2.2: before each message stand two bytes with its length; section 4.1.1: ANCOUNT.
constexpr std::size_t length_bytes = 2;
constexpr std::size_t high_byte_of_count = length_bytes + 6;
constexpr std::size_t low_byte_of_count = high_byte_of_count + 1;

}  // namespace

void AnswerLimit::apply(std::span<unsigned char> bytes) noexcept {
  for (unsigned char& byte : bytes) {
    switch (position_) {
      case 0: end_ = std::size_t{byte} << 8U; break;
      case 1: end_ = length_bytes + (end_ | byte); break;
      case high_byte_of_count:
        has_many_ = byte != 0;
        byte = 0;
        break;
      case low_byte_of_count:
        if (has_many_) byte = 0xFF;
        break;
      default: break;
    }
    ++position_;
    if (position_ >= length_bytes && position_ == end_) position_ = 0;
  }
}

}  // namespace nbcrawl

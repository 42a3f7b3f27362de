#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace nbcrawl {

/// Cuts the number of records in the answers of a name server to 255, in the bytes of one TCP connection as they come:
/// c-ares goes through all records that it has to add one, which takes 20 ms for the 4000 that a message has room for.
/// What is not counted any more is not read.
class AnswerLimit {
 public:
  /// The next bytes of the connection, however they are cut.
  void apply(std::span<unsigned char> bytes) noexcept;

 private:
  std::size_t position_ = 0;  // in the message, with the length before it
  std::size_t end_ = 0;       // of it
  bool has_many_ = false;
};

}  // namespace nbcrawl

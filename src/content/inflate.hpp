#pragma once

#define ZLIB_CONST
#include <zlib.h>

#include <span>
#include <string_view>

#include "content/coding.hpp"

namespace nbcrawl {

/// How zlib is told which wrapping to expect around deflate data.
enum class InflateFormat : int { raw = -MAX_WBITS, zlib = MAX_WBITS, gzip = MAX_WBITS + 16 };

/// One stream of deflate data, its check value verified. Owns zlib's state, which must not move.
class Inflate {
 public:
  explicit Inflate(InflateFormat format);
  ~Inflate();
  Inflate(const Inflate&) = delete;
  Inflate& operator=(const Inflate&) = delete;

  /// As Coding::decode, up to the end of the stream. `coding` is the name for errors.
  Result<CodingStep> decode(std::string_view coding, std::string_view input, std::span<char> output);
  /// Whether the end of the stream was read, its check value included.
  [[nodiscard]] bool ended() const noexcept { return ended_; }
  /// Begins a new stream.
  void restart(InflateFormat format) noexcept;

 private:
  z_stream stream_{};
  bool ended_ = false;
};

}  // namespace nbcrawl

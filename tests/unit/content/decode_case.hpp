#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "content/content_decoder.hpp"

namespace nbcrawl::test {

inline constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

// Keeps all that comes.
struct Collector final : ContentReceiver {
  Result<> on_content(std::string_view data) override {
    text += data;
    largest = std::max(largest, data.size());
    return {};
  }
  std::string text;
  std::size_t largest = 0;
};

// What a whole body decodes to, fed in pieces of a size.
inline Result<std::string> decode(std::string_view codings, std::string_view body,
                                  std::size_t piece_bytes = std::string::npos, std::uint64_t limit = no_limit) {
  auto decoder = ContentDecoder::create(codings, limit);
  if (!decoder) return std::unexpected(decoder.error());
  Collector collector;
  while (!body.empty()) {
    const std::string_view piece = body.substr(0, piece_bytes);
    if (const auto fed = decoder->feed(piece, collector); !fed) return std::unexpected(fed.error());
    body.remove_prefix(piece.size());
  }
  if (const auto finished = decoder->finish(); !finished) return std::unexpected(finished.error());
  return std::move(collector.text);
}

// "ok", or the code of the error and its sentence.
template <class T>
std::string outcome(const Result<T>& result) {
  return result ? "ok" : std::string(code(result.error().kind)) + ": " + result.error().detail;
}

}  // namespace nbcrawl::test

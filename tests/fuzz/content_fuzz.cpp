// Any bytes, as a coded body: the first line is a Content-Encoding, the rest the body. Whether it decodes, and to what,
// does not depend on how it was split; what comes out stays within the limit.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "content/content_decoder.hpp"
#include "fuzz_input.hpp"

namespace {

using nbcrawl::ContentDecoder;
using nbcrawl::ErrorKind;
using nbcrawl::Result;

constexpr std::uint64_t max_decoded_bytes = 1024 * 1024;

struct Collector final : nbcrawl::ContentReceiver {
  Result<> on_content(std::string_view data) override {
    text += data;
    require(text.size() <= max_decoded_bytes);
    return {};
  }
  std::string text;
};

Result<> decode(ContentDecoder& decoder, std::string_view body, std::size_t piece_bytes, Collector& collector) {
  for (; !body.empty(); body.remove_prefix(std::min(piece_bytes, body.size()))) {
    if (auto fed = decoder.feed(body.substr(0, piece_bytes), collector); !fed) return fed;
  }
  return decoder.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t newline = std::min(input.find('\n'), input.size());
  const std::string_view codings = input.substr(0, newline);
  const std::string_view body = input.substr(std::min(newline + 1, input.size()));

  auto whole_decoder = ContentDecoder::create(codings, max_decoded_bytes);
  if (!whole_decoder) {
    require(whole_decoder.error().kind == ErrorKind::bad_encoding);
    return 0;
  }
  Collector whole;
  const auto result = decode(*whole_decoder, body, body.size(), whole);
  require(result || result.error().kind == ErrorKind::bad_encoding || result.error().kind == ErrorKind::body_too_large);
  if (whole_decoder->is_identity() && result) require(whole.text == body);

  for (const std::size_t piece_bytes : {std::size_t{1}, std::size_t{5}, body.size() / 2 + 1}) {
    auto decoder = ContentDecoder::create(codings, max_decoded_bytes);
    Collector collector;
    require(decode(*decoder, body, piece_bytes, collector).has_value() == result.has_value());
    if (result) require(collector.text == whole.text);
  }
  return 0;
}

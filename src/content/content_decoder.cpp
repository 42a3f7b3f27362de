#include "content/content_decoder.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "base/ascii.hpp"
#include "nbcrawl/fields.hpp"

namespace nbcrawl {
namespace {

// Shared by the brotli layers of a response. One takes 24 MiB for the largest window, while the window grows: enough
// for two of them.
constexpr std::size_t brotli_memory_bytes = 52 * 1024 * 1024;

std::unexpected<Error> bad_encoding(std::string detail) {
  return std::unexpected(Error{.kind = ErrorKind::bad_encoding, .phase = Phase::response, .detail = std::move(detail)});
}

// The members of a list, in order; empty ones count for nothing (RFC 9110 section 5.6.1.2), and no more does identity.
// One more than allowed is enough to know.
std::vector<std::string_view> listed_codings(std::string_view list) {
  std::vector<std::string_view> names;
  while (!list.empty() && names.size() <= ContentDecoder::max_codings) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view name = trim_blanks(list.substr(0, comma));
    if (!name.empty() && !equals_ignoring_case(name, "identity")) names.push_back(name);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return names;
}

std::unique_ptr<Coding> make_coding(std::string_view name, std::size_t max_memory_bytes) {
  if (equals_ignoring_case(name, "gzip") || equals_ignoring_case(name, "x-gzip")) return make_gzip();
  if (equals_ignoring_case(name, "deflate")) return make_deflate();
  if (equals_ignoring_case(name, "br")) return make_brotli(max_memory_bytes);
  if (equals_ignoring_case(name, "zstd")) return make_zstd();
  return nullptr;
}

}  // namespace

Result<ContentDecoder> ContentDecoder::create(std::string_view content_encoding, std::uint64_t max_decoded_bytes) {
  constexpr std::size_t max_shown_bytes = 64;
  ContentDecoder decoder(max_decoded_bytes);
  std::vector<std::string_view> names = listed_codings(content_encoding);
  if (names.size() > max_codings) {
    return bad_encoding("more than " + std::to_string(max_codings) + " content codings");
  }
  // Listed in the order in which they were applied.
  std::reverse(names.begin(), names.end());
  for (const std::string_view name : names) {
    auto coding = make_coding(name, brotli_memory_bytes / names.size());
    if (!coding) return bad_encoding("unknown content coding " + std::string(name.substr(0, max_shown_bytes)));
    decoder.layers_.push_back(
        {.coding = std::move(coding), .output = std::make_unique_for_overwrite<std::array<char, max_step_bytes>>()});
  }
  return decoder;
}

Result<> ContentDecoder::feed(std::string_view input, ContentReceiver& receiver) { return decode(0, input, receiver); }

Result<> ContentDecoder::finish() const {
  for (const Layer& layer : layers_) {
    if (layer.begun && !layer.coding->is_complete()) {
      return bad_encoding("truncated " + std::string(layer.coding->name()));
    }
  }
  return {};
}

Result<> ContentDecoder::decode(std::size_t layer_index, std::string_view input, ContentReceiver& receiver) {
  if (layer_index == layers_.size()) return deliver(input, receiver);
  Layer& layer = layers_[layer_index];
  const bool innermost = layer_index + 1 == layers_.size();
  bool filled = false;
  while (!input.empty() || filled) {
    layer.begun = true;
    const auto step = layer.coding->decode(input.substr(0, max_step_bytes), *layer.output);
    if (!step) return std::unexpected(step.error());
    input.remove_prefix(step->read);
    filled = step->written == max_step_bytes;
    layer.bytes_written += step->written;
    if (!innermost && layer.bytes_written > max_intermediate_bytes()) return too_large();
    const std::string_view output(layer.output->data(), step->written);
    const auto passed_on = output.empty() ? receiver.on_content(output) : decode(layer_index + 1, output, receiver);
    if (!passed_on) return passed_on;
  }
  return {};
}

Result<> ContentDecoder::deliver(std::string_view data, ContentReceiver& receiver) {
  if (data.size() > max_decoded_bytes_ - decoded_bytes_) return too_large();
  decoded_bytes_ += data.size();
  return receiver.on_content(data);
}

// A coding that doubles its content is no compression, but a bomb whose next layer swallows what comes out.
std::uint64_t ContentDecoder::max_intermediate_bytes() const noexcept {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  return max_decoded_bytes_ > (most - max_step_bytes) / 2 ? most : 2 * max_decoded_bytes_ + max_step_bytes;
}

std::unexpected<Error> ContentDecoder::too_large() const {
  return std::unexpected(Error{.kind = ErrorKind::body_too_large,
                               .phase = Phase::response,
                               .detail = "the decoded body exceeds " + std::to_string(max_decoded_bytes_) + " bytes"});
}

}  // namespace nbcrawl

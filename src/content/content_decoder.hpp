#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "content/coding.hpp"
#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// Who is given the decoded bytes.
class ContentReceiver {
 public:
  virtual ~ContentReceiver() = default;
  /// Some bytes, at most 64 KiB of them where a coding was removed. The view lives for the call. Called after every
  /// step of any coding, with no bytes where none came out, so that a deadline may be checked here: an error value ends
  /// the decoding with that error.
  virtual Result<> on_content(std::string_view data) = 0;
};

/// Removes the content codings of one response (RFC 9110 section 8.4) as its bytes arrive: gzip, x-gzip, deflate, br
/// and zstd, up to four of them on top of each other. Memory stays below 60 MiB whatever comes in, and below 400 KiB
/// beyond the coding's own window for one coding. Not thread-safe; after an error the object is of no more use.
class ContentDecoder {
 public:
  static constexpr std::size_t max_codings = 4;

  /// `content_encoding` is the field's value, several field lines joined by commas. `max_decoded_bytes` bounds what the
  /// receiver is given. Errors: bad_encoding (a coding that is not known, or too many of them).
  static Result<ContentDecoder> create(std::string_view content_encoding, std::uint64_t max_decoded_bytes);

  /// Whether there is nothing to remove: bytes are passed on as they are.
  [[nodiscard]] bool is_identity() const noexcept { return layers_.empty(); }

  /// Decodes the next bytes of the body and passes on all that comes out. Errors: bad_encoding (corrupt data),
  /// body_too_large, and the receiver's.
  Result<> feed(std::string_view input, ContentReceiver& receiver);

  /// The body is at its end. A body of no bytes at all is whole whatever its codings (responses to HEAD, 204, 304).
  /// Errors: bad_encoding (truncated data).
  [[nodiscard]] Result<> finish() const;

 private:
  // One coding, and where its output stands until the next layer has read it. The outermost comes first.
  struct Layer {
    std::unique_ptr<Coding> coding;
    std::unique_ptr<std::array<char, max_step_bytes>> output;
    std::uint64_t bytes_written = 0;
    bool begun = false;
  };

  explicit ContentDecoder(std::uint64_t max_decoded_bytes) noexcept : max_decoded_bytes_(max_decoded_bytes) {}
  Result<> decode(std::size_t layer_index, std::string_view input, ContentReceiver& receiver);
  Result<> deliver(std::string_view data, ContentReceiver& receiver);
  [[nodiscard]] std::uint64_t max_intermediate_bytes() const noexcept;
  [[nodiscard]] std::unexpected<Error> too_large() const;

  std::vector<Layer> layers_;
  std::uint64_t max_decoded_bytes_;
  std::uint64_t decoded_bytes_ = 0;
};

}  // namespace nbcrawl

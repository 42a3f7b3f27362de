#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// How many bytes one step of a coding read and wrote.
struct CodingStep {
  std::size_t read = 0;
  std::size_t written = 0;
};

/// The most that one step may be given to read, and to write.
inline constexpr std::size_t max_step_bytes = 64 * 1024;

/// One content coding (RFC 9110 section 8.4.1) on its way off: coded bytes in, decoded bytes out, no I/O. Not
/// thread-safe.
class Coding {
 public:
  virtual ~Coding() = default;

  /// The registered name, e.g. "gzip".
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;

  /// Decodes some of `input` into `output`. Where it does not fill `output` it holds nothing back: the next step is due
  /// when there is more input. It reads or writes a byte wherever there is one to read. Errors: bad_encoding, after
  /// which the object is of no more use.
  virtual Result<CodingStep> decode(std::string_view input, std::span<char> output) = 0;

  /// Whether what was read so far is coded data with its end.
  [[nodiscard]] virtual bool is_complete() const noexcept = 0;
};

/// gzip, also known as x-gzip (RFC 1952): one member or several. Zeros after a member are padding; whatever else
/// follows one and does not begin another is dropped.
std::unique_ptr<Coding> make_gzip();

/// deflate: the zlib format (RFC 1950), or the bare deflate data (RFC 1951) that some servers send for it. What follows
/// the end is dropped.
std::unique_ptr<Coding> make_deflate();

/// br (RFC 7932), windows of up to 16 MiB. What follows the end is dropped. Takes at most `max_memory_bytes`.
std::unique_ptr<Coding> make_brotli(std::size_t max_memory_bytes);

/// zstd (RFC 8878), windows of up to 8 MiB (RFC 9659), no dictionary. One frame or several; whatever else follows one
/// and does not begin another is dropped.
std::unique_ptr<Coding> make_zstd();

/// The error of data that is not what `coding` says it is.
inline std::unexpected<Error> corrupt(std::string_view coding, std::string_view reason) {
  return std::unexpected(Error{.kind = ErrorKind::bad_encoding,
                               .phase = Phase::response,
                               .detail = "corrupt " + std::string(coding) + ": " + std::string(reason)});
}

}  // namespace nbcrawl

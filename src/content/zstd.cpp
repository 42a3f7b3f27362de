#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>

#include "content/coding.hpp"

namespace nbcrawl {
namespace {

constexpr int max_window_log = 23;                  // 8 MiB (RFC 9659 section 3)
constexpr std::size_t max_frame_header_bytes = 18;  // with the magic number (RFC 8878 section 3.1.1.1)

class Zstd final : public Coding {
 public:
  Zstd() {
    if (context_) ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, max_window_log);
  }

  [[nodiscard]] std::string_view name() const noexcept override { return "zstd"; }

  Result<CodingStep> decode(std::string_view input, std::span<char> output) override {
    if (rest_) return CodingStep{.read = input.size()};
    if (!context_) return corrupt(name(), "no memory");
    ZSTD_outBuffer out{output.data(), output.size(), 0};
    std::size_t read = 0;
    do {
      ZSTD_inBuffer in{input.data(), read + next_bytes(input.size() - read), read};
      const std::size_t left = ZSTD_decompressStream(context_.get(), &out, &in);
      if (ZSTD_isError(left)) {
        if (!is_rest(left)) return corrupt(name(), ZSTD_getErrorName(left));
        rest_ = true;
        return CodingStep{.read = input.size(), .written = out.pos};
      }
      take(in.pos - read, left == 0);
      read = in.pos;
    } while (read < input.size() && out.pos < out.size);
    return CodingStep{.read = read, .written = out.pos};
  }

  [[nodiscard]] bool is_complete() const noexcept override { return rest_ || (frames_ended_ && frame_bytes_ == 0); }

 private:
  // The header of a frame goes in byte by byte. Where libzstd finds no header that it knows, it looks for its formats
  // from before RFC 8878, whose windows it does not limit, at the beginning of what it was given last; in one byte it
  // finds none of them.
  [[nodiscard]] std::size_t next_bytes(std::size_t available) const {
    return frame_bytes_ < max_frame_header_bytes ? std::min<std::size_t>(available, 1) : available;
  }

  void take(std::size_t bytes, bool frame_ended) {
    frame_bytes_ += bytes;
    if (!frame_ended || frame_bytes_ == 0) return;
    frame_bytes_ = 0;
    frames_ended_ = true;
  }

  // Whether the error means that what comes after a whole frame is not another.
  [[nodiscard]] bool is_rest(std::size_t error) const {
    return frames_ended_ && ZSTD_getErrorCode(error) == ZSTD_error_prefix_unknown;
  }

  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context_{ZSTD_createDCtx(), &ZSTD_freeDCtx};
  std::size_t frame_bytes_ = 0;  // read of the frame that is under way
  bool frames_ended_ = false;
  bool rest_ = false;
};

}  // namespace

std::unique_ptr<Coding> make_zstd() { return std::make_unique<Zstd>(); }

}  // namespace nbcrawl

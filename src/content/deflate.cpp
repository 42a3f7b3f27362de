#include "content/coding.hpp"
#include "content/inflate.hpp"

namespace nbcrawl {
namespace {

// Whether data that begins with this byte is in the zlib format: compression method 8 and a window of at most 32 KiB
// (RFC 1950 section 2.2). Bare deflate data with these bits would begin with a stored block whose padding is not zero
// (RFC 1951 section 3.2.4), which no encoder writes.
bool is_zlib(unsigned char first) { return (first & 0x0F) == 8 && (first >> 4) <= 7; }

class Deflate final : public Coding {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "deflate"; }

  Result<CodingStep> decode(std::string_view input, std::span<char> output) override {
    if (inflate_.ended()) return CodingStep{.read = input.size()};
    if (!begun_ && !input.empty()) {
      begun_ = true;
      if (!is_zlib(static_cast<unsigned char>(input[0]))) inflate_.restart(InflateFormat::raw);
    }
    return inflate_.decode(name(), input, output);
  }

  [[nodiscard]] bool is_complete() const noexcept override { return inflate_.ended(); }

 private:
  Inflate inflate_{InflateFormat::zlib};
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<Coding> make_deflate() { return std::make_unique<Deflate>(); }

}  // namespace nbcrawl

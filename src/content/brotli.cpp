#include <brotli/decode.h>

#include <cstdint>
#include <cstdlib>
#include <new>

#include "content/coding.hpp"

namespace nbcrawl {
namespace {

// Memory for brotli out of a fixed budget. Each block is preceded by its size.
struct Budget {
  static constexpr std::size_t prefix_bytes = alignof(std::max_align_t);

  static void* allocate(void* opaque, std::size_t size) {
    auto& budget = *static_cast<Budget*>(opaque);
    if (size > budget.left) return nullptr;
    void* block = std::malloc(size + prefix_bytes);
    if (block == nullptr) return nullptr;
    new (block) std::size_t(size);
    budget.left -= size;
    return static_cast<char*>(block) + prefix_bytes;
  }

  static void release(void* opaque, void* address) {
    if (address == nullptr) return;
    void* block = static_cast<char*>(address) - prefix_bytes;
    static_cast<Budget*>(opaque)->left += *static_cast<std::size_t*>(block);
    std::free(block);
  }

  std::size_t left;
};

class Brotli final : public Coding {
 public:
  explicit Brotli(std::size_t max_memory_bytes)
      : budget_{max_memory_bytes},
        state_(BrotliDecoderCreateInstance(&Budget::allocate, &Budget::release, &budget_),
               &BrotliDecoderDestroyInstance) {}

  [[nodiscard]] std::string_view name() const noexcept override { return "br"; }

  Result<CodingStep> decode(std::string_view input, std::span<char> output) override {
    if (complete_) return CodingStep{.read = input.size()};
    if (!state_) return corrupt(name(), "no memory");
    std::size_t input_left = input.size();
    std::size_t output_left = output.size();
    auto* in = reinterpret_cast<const std::uint8_t*>(input.data());
    auto* out = reinterpret_cast<std::uint8_t*>(output.data());
    const BrotliDecoderResult result =
        BrotliDecoderDecompressStream(state_.get(), &input_left, &in, &output_left, &out, nullptr);
    if (result == BROTLI_DECODER_RESULT_ERROR) {
      return corrupt(name(), BrotliDecoderErrorString(BrotliDecoderGetErrorCode(state_.get())));
    }
    complete_ = result == BROTLI_DECODER_RESULT_SUCCESS;
    return CodingStep{.read = input.size() - input_left, .written = output.size() - output_left};
  }

  [[nodiscard]] bool is_complete() const noexcept override { return complete_; }

 private:
  Budget budget_;  // before what is allocated from it
  std::unique_ptr<BrotliDecoderState, decltype(&BrotliDecoderDestroyInstance)> state_;
  bool complete_ = false;
};

}  // namespace

std::unique_ptr<Coding> make_brotli(std::size_t max_memory_bytes) { return std::make_unique<Brotli>(max_memory_bytes); }

}  // namespace nbcrawl

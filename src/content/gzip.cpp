#include <cstdint>

#include "content/coding.hpp"
#include "content/inflate.hpp"

namespace nbcrawl {
namespace {

constexpr std::string_view magic = "\x1f\x8b";  // RFC 1952 section 2.3.1, ID1 and ID2

class Gzip final : public Coding {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "gzip"; }

  Result<CodingStep> decode(std::string_view input, std::span<char> output) override {
    switch (state_) {
      case State::member: return decode_member(input, output);
      case State::padding: return skip_padding(input);
      case State::half_magic: return begin_member(input, output);
      case State::rest: break;
    }
    return CodingStep{.read = input.size()};
  }

  // A lone first byte of a header may be all that came of a member, so it is no end.
  [[nodiscard]] bool is_complete() const noexcept override { return state_ == State::padding || state_ == State::rest; }

 private:
  enum class State : std::uint8_t { member, padding, half_magic, rest };

  Result<CodingStep> decode_member(std::string_view input, std::span<char> output) {
    const auto step = inflate_.decode(name(), input, output);
    if (inflate_.ended()) state_ = State::padding;
    return step;
  }

  Result<CodingStep> skip_padding(std::string_view input) {
    const std::size_t next = input.find_first_not_of('\0');
    if (next == std::string_view::npos) return CodingStep{.read = input.size()};
    state_ = input[next] == magic[0] ? State::half_magic : State::rest;
    return CodingStep{.read = next + 1};
  }

  Result<CodingStep> begin_member(std::string_view input, std::span<char> output) {
    if (input.empty()) return CodingStep{};
    if (input[0] != magic[1]) {
      state_ = State::rest;
      return CodingStep{.read = 1};
    }
    state_ = State::member;
    inflate_.restart(InflateFormat::gzip);
    const auto step = inflate_.decode(name(), magic, output);
    if (!step) return step;
    return CodingStep{.read = 1};
  }

  Inflate inflate_{InflateFormat::gzip};
  State state_ = State::member;
};

}  // namespace

std::unique_ptr<Coding> make_gzip() { return std::make_unique<Gzip>(); }

}  // namespace nbcrawl

#include "content/inflate.hpp"

namespace nbcrawl {

// Where this fails for want of memory, inflate() says so: it knows a stream without a state.
Inflate::Inflate(InflateFormat format) { inflateInit2(&stream_, static_cast<int>(format)); }

Inflate::~Inflate() { inflateEnd(&stream_); }

Result<CodingStep> Inflate::decode(std::string_view coding, std::string_view input, std::span<char> output) {
  stream_.next_in = reinterpret_cast<const Bytef*>(input.data());
  stream_.avail_in = static_cast<uInt>(input.size());
  stream_.next_out = reinterpret_cast<Bytef*>(output.data());
  stream_.avail_out = static_cast<uInt>(output.size());
  const int code = inflate(&stream_, Z_NO_FLUSH);
  ended_ = code == Z_STREAM_END;
  const bool nothing_to_do = code == Z_BUF_ERROR && input.empty();  // nor was anything held back
  if (code != Z_OK && !ended_ && !nothing_to_do) {
    return corrupt(coding, stream_.msg != nullptr ? stream_.msg : zError(code));
  }
  return CodingStep{.read = input.size() - stream_.avail_in, .written = output.size() - stream_.avail_out};
}

void Inflate::restart(InflateFormat format) noexcept {
  inflateReset2(&stream_, static_cast<int>(format));
  ended_ = false;
}

}  // namespace nbcrawl

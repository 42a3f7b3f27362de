#include "encode.hpp"

#define ZLIB_CONST
#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <random>

#include "project_file.hpp"

namespace nbcrawl::test {
namespace {

// An encoder that fails is a fault of the test itself.
void require(bool holds) {
  if (!holds) std::abort();
}

std::string deflate_with(int window_bits, std::string_view text, int level) {
  z_stream stream{};
  require(deflateInit2(&stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string coded(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(coded.data());
  stream.avail_out = static_cast<uInt>(coded.size());
  require(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  coded.resize(stream.total_out);
  deflateEnd(&stream);
  return coded;
}

}  // namespace

std::string gzip(std::string_view text, int level) { return deflate_with(MAX_WBITS + 16, text, level); }
std::string zlib_format(std::string_view text, int level) { return deflate_with(MAX_WBITS, text, level); }
std::string raw_deflate(std::string_view text, int level) { return deflate_with(-MAX_WBITS, text, level); }

std::string brotli(std::string_view text, int quality, int window_log, bool large_window) {
  BrotliEncoderState* state = BrotliEncoderCreateInstance(nullptr, nullptr, nullptr);
  require(BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, static_cast<std::uint32_t>(quality)));
  require(BrotliEncoderSetParameter(state, BROTLI_PARAM_LARGE_WINDOW, large_window ? 1U : 0U));
  require(BrotliEncoderSetParameter(state, BROTLI_PARAM_LGWIN, static_cast<std::uint32_t>(window_log)));
  std::string coded(BrotliEncoderMaxCompressedSize(text.size()) + 1024, '\0');
  auto* in = reinterpret_cast<const std::uint8_t*>(text.data());
  auto* out = reinterpret_cast<std::uint8_t*>(coded.data());
  std::size_t in_left = text.size();
  std::size_t out_left = coded.size();
  while (!BrotliEncoderIsFinished(state)) {
    require(BrotliEncoderCompressStream(state, BROTLI_OPERATION_FINISH, &in_left, &in, &out_left, &out, nullptr));
  }
  coded.resize(coded.size() - out_left);
  BrotliEncoderDestroyInstance(state);
  return coded;
}

std::string zstd(std::string_view text, int level, int window_log) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  // As a server that streams: the size is not in the frame's header, so the window is.
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  if (window_log != 0) ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  std::string coded(ZSTD_compressBound(text.size()), '\0');
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  ZSTD_outBuffer out{coded.data(), coded.size(), 0};
  // The first call that does not end the frame keeps libzstd from knowing the size, and so from a smaller window.
  require(!ZSTD_isError(ZSTD_compressStream2(context, &out, &in, ZSTD_e_continue)));
  require(ZSTD_compressStream2(context, &out, &in, ZSTD_e_end) == 0);
  coded.resize(out.pos);
  ZSTD_freeCCtx(context);
  return coded;
}

std::string encode(std::string_view coding, std::string_view text) {
  if (coding == "gzip" || coding == "x-gzip") return gzip(text);
  if (coding == "deflate") return zlib_format(text);
  if (coding == "br") return brotli(text);
  require(coding == "zstd");
  return zstd(text);
}

std::string encode_all(const std::vector<std::string>& codings, std::string_view text) {
  std::string coded(text);
  for (const std::string& coding : codings) coded = encode(coding, coded);
  return coded;
}

std::string real_page() {
  std::string page = project_file("tests/data/charset/zh-cn.utf-8.html");
  require(page.size() > 4096);
  return page;
}

std::string noise(std::size_t size) {
  std::mt19937 engine(7);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(engine());
  return bytes;
}

}  // namespace nbcrawl::test

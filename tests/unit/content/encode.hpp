#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nbcrawl::test {

// Coded data, made by the encoders of the reference libraries.
std::string gzip(std::string_view text, int level = 6);
std::string zlib_format(std::string_view text, int level = 6);
std::string raw_deflate(std::string_view text, int level = 6);
std::string brotli(std::string_view text, int quality = 5, int window_log = 22, bool large_window = false);
std::string zstd(std::string_view text, int level = 3, int window_log = 0);

// By the name of the coding, as in a Content-Encoding field.
std::string encode(std::string_view coding, std::string_view text);

// By a list of codings, in the order of the field: the last is the outermost.
std::string encode_all(const std::vector<std::string>& codings, std::string_view text);

// A real page in Chinese, UTF-8.
std::string real_page();

// Bytes that no coding makes smaller, the same ones each time.
std::string noise(std::size_t size);

}  // namespace nbcrawl::test

// Reads the pages (.html, .txt) below a folder, which are UTF-8, writes them in another encoding, and prints with how
// many MB/s of that encoding they are decoded. Usage: bench_charset FOLDER LABEL...
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "charset/encoding.hpp"
#include "charset/from_utf8.hpp"
#include "charset/page_decoder.hpp"

namespace {

using namespace nbcrawl;
namespace fs = std::filesystem;

std::vector<std::string> read_pages(const fs::path& folder) {
  std::vector<std::string> pages;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || (entry.path().extension() != ".html" && entry.path().extension() != ".txt"))
      continue;
    std::ifstream file(entry.path(), std::ios::binary);
    pages.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return pages;
}

// The pages in the encoding, without the lines that have a character which it lacks.
std::vector<std::string> written_in(Encoding encoding, const std::vector<std::string>& pages) {
  std::vector<std::string> written;
  for (const std::string& page : pages) {
    std::string& bytes = written.emplace_back();
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
      if (const auto converted = from_utf8(encoding, line)) bytes += *converted + '\n';
    }
  }
  return written;
}

void measure(std::string_view label, const std::vector<std::string>& pages) {
  constexpr int rounds = 20;
  std::size_t bytes = 0;
  for (const std::string& page : pages) bytes += page.size();
  PageDecoder decoder;
  double best = std::numeric_limits<double>::max();
  std::size_t text_bytes = 0;
  for (int round = 0; round < rounds; ++round) {
    text_bytes = 0;
    const std::clock_t begin = std::clock();
    for (const std::string& page : pages) text_bytes += decoder.decode(page, label, {}).text.size();
    best = std::min(best, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  std::printf("%-12.*s %6.0f MB/s  (%.1f MB, %.1f MB as UTF-8; best of %d rounds)\n", static_cast<int>(label.size()),
              label.data(), static_cast<double>(bytes) / best / 1e6, static_cast<double>(bytes) / 1e6,
              static_cast<double>(text_bytes) / 1e6, rounds);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: bench_charset FOLDER LABEL...\n", stderr);
    return 2;
  }
  const std::vector<std::string> pages = read_pages(argv[1]);
  for (int i = 2; i < argc; ++i) {
    const auto encoding = find_encoding(argv[i]);
    if (!encoding) {
      std::fprintf(stderr, "bench_charset: unknown charset \"%s\"\n", argv[i]);
      return 2;
    }
    measure(argv[i], written_in(*encoding, pages));
  }
}

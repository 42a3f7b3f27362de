// Reads the pages below a folder into memory, then links, titles and text of all of them, and prints MB/s of each.
// Usage: bench_html FOLDER [ROUNDS]
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "html/links.hpp"
#include "html/title.hpp"
#include "html/tokenizer.hpp"
#include "html/visible_text.hpp"
#include "nbcrawl/url.hpp"

namespace {

using namespace nbcrawl;
namespace fs = std::filesystem;

struct Page {
  Url url;
  std::string text;
};

std::vector<Page> read_pages(const fs::path& folder) {
  std::vector<Page> pages;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().extension() != ".html") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string url = "http://127.0.0.1/" + fs::relative(entry.path(), folder).string();
    pages.push_back({.url = Url::parse(url).value_or(Url{}), .text{std::istreambuf_iterator<char>(file), {}}});
  }
  return pages;
}

void read(html::TokenReader& reader, const Page& page) {
  html::Tokenizer tokenizer(reader);
  tokenizer.feed(page.text);
  tokenizer.finish();
}

struct Nothing final : html::TokenReader {
  void start_tag(const html::Tag& /*tag*/) override {}
};

std::size_t tokens(const Page& page) {
  Nothing nothing;
  read(nothing, page);
  return 0;
}

std::size_t links(const Page& page) {
  html::LinkCollector collector;
  read(collector, page);
  return collector.links(page.url).size();
}

std::size_t title(const Page& page) {
  html::TitleReader reader;
  read(reader, page);
  return reader.title().size();
}

std::size_t text(const Page& page) {
  html::VisibleTextReader reader;
  read(reader, page);
  return reader.take_text().size();
}

void measure(const char* name, std::size_t (*use)(const Page&), const std::vector<Page>& pages, int rounds) {
  std::size_t bytes = 0;
  for (const Page& page : pages) bytes += page.text.size();
  double best = std::numeric_limits<double>::max();
  std::size_t found = 0;
  for (int round = 0; round < rounds; ++round) {
    found = 0;
    const std::clock_t begin = std::clock();
    for (const Page& page : pages) found += use(page);
    best = std::min(best, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  std::printf("%-6s %6.0f MB/s  (%zu found)\n", name, static_cast<double>(bytes) / best / 1e6, found);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: bench_html FOLDER [ROUNDS]\n", stderr);
    return 2;
  }
  int rounds = 5;
  if (argc > 2) std::from_chars(argv[2], argv[2] + std::string_view(argv[2]).size(), rounds);
  const std::vector<Page> pages = read_pages(argv[1]);
  std::size_t bytes = 0;
  for (const Page& page : pages) bytes += page.text.size();
  std::printf("%zu pages, %.1f MB; best of %d rounds\n", pages.size(), static_cast<double>(bytes) / 1e6, rounds);
  measure("tokens", &tokens, pages, rounds);
  measure("links", &links, pages, rounds);
  measure("title", &title, pages, rounds);
  measure("text", &text, pages, rounds);
}

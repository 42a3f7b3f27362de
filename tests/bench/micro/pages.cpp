#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <numeric>
#include <sstream>
#include <string>
#include <string_view>

#include "benchmarks.hpp"
#include "charset/encoding.hpp"
#include "charset/from_utf8.hpp"
#include "charset/page_decoder.hpp"
#include "html/links.hpp"
#include "html/title.hpp"
#include "html/tokenizer.hpp"
#include "html/visible_text.hpp"

namespace nbcrawl {

namespace {

/// In another encoding, without the lines that have a character which it lacks.
std::string written_in(Encoding encoding, const std::string& text) {
  std::string written;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (const auto converted = from_utf8(encoding, line)) written += *converted + '\n';
  }
  return written;
}

void say_bytes(benchmark::State& state, const Pages& pages) {
  const auto bytes =
      std::transform_reduce(pages.begin(), pages.end(), std::int64_t{0}, std::plus<>(),
                            [](const Page& page) { return static_cast<std::int64_t>(page.text.size()); });
  state.SetBytesProcessed(state.iterations() * bytes);
}

void decode(benchmark::State& state, const Pages& pages, const char* label) {
  Pages written = pages;
  const auto encoding = find_encoding(label);
  if (!encoding) return state.SkipWithError("no such encoding");
  for (Page& page : written) page.text = written_in(*encoding, page.text);
  PageDecoder decoder;
  for ([[maybe_unused]] auto _ : state) {
    for (const Page& page : written) benchmark::DoNotOptimize(decoder.decode(page.text, label, {}).text);
  }
  say_bytes(state, written);
}

struct TokensOnly final : html::TokenReader {
  void start_tag(const html::Tag& /*tag*/) override {}
};

/// Has each page read by a `Reader`, and `take` take what it has found.
template <class Reader>
void read(benchmark::State& state, const Pages& pages, std::size_t (*take)(Reader&, const Page&)) {
  for ([[maybe_unused]] auto _ : state) {
    for (const Page& page : pages) {
      Reader reader;
      html::Tokenizer tokenizer(reader);
      tokenizer.feed(page.text);
      tokenizer.finish();
      benchmark::DoNotOptimize(take(reader, page));
    }
  }
  say_bytes(state, pages);
}

}  // namespace

void register_pages(const Pages& pages) {
  for (const char* label : {"utf-8", "gb18030", "big5", "shift_jis", "euc-jp", "iso-2022-jp", "windows-1252"}) {
    const std::string name = std::string("decode/") + label;
    benchmark::RegisterBenchmark(name.c_str(), [&pages, label](benchmark::State& state) {
      decode(state, pages, label);
    })->Unit(benchmark::kMicrosecond);
  }
  const auto add = [&pages]<class Reader>(const char* name, std::size_t (*take)(Reader&, const Page&)) {
    benchmark::RegisterBenchmark(name, [&pages, take](benchmark::State& state) {
      read(state, pages, take);
    })->Unit(benchmark::kMicrosecond);
  };
  add("html/tokens", +[](TokensOnly& /*reader*/, const Page& /*page*/) { return std::size_t{0}; });
  add("html/links", +[](html::LinkCollector& found, const Page& page) { return found.links(page.url)->size(); });
  add("html/title", +[](html::TitleReader& found, const Page& /*page*/) { return found.title().size(); });
  add("html/text", +[](html::VisibleTextReader& found, const Page& /*page*/) { return found.take_text().size(); });
}

}  // namespace nbcrawl

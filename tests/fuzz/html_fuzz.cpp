// A page behind a first byte that says how it is cut: whole and in pieces it has the same tokens, links, title and
// text, all of them UTF-8 where the page is.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz_input.hpp"
#include "html/links.hpp"
#include "html/title.hpp"
#include "html/tokenizer.hpp"
#include "html/visible_text.hpp"

namespace {

using namespace nbcrawl::html;

// Everything that is told of a page, with the pieces of a text joined.
class TokenLog final : public TokenReader {
 public:
  explicit TokenLog(std::size_t page_bytes) : page_bytes_(page_bytes) {}

  void start_tag(const Tag& tag) override {
    end_text();
    require(nbcrawl::is_alpha(tag.name.front()) && find_element(tag.name) == tag.element);
    (log_ += '<').append(tag.name);
    std::string buffer;
    for (const AttributeSpan& attribute : tag.attributes) {
      require(attribute.name_size > 0);
      const std::string_view value = tag.value_of(attribute);
      require(decode_attribute(value, buffer).size() <= 3 * value.size());
      log_.append(" ").append(tag.name_of(attribute)).append("=").append(decode_attribute(value, buffer));
    }
    log_ += tag.self_closing ? "/>" : ">";
  }
  void end_tag(Element element, std::string_view name) override {
    end_text();
    require(find_element(name) == element);
    log_.append("</").append(name).append(">");
  }
  void text(std::string_view raw, TextKind kind) override {
    require(!raw.empty());
    text_bytes_ += raw.size();
    require(text_bytes_ <= page_bytes_);
    decoder_.decode(raw, kind, text_);
  }
  void comment() override { decoder_.finish(text_); }
  std::string take() {
    end_text();
    return log_;
  }

 private:
  void end_text() {
    decoder_.finish(text_);
    log_ += text_;
    text_.clear();
  }

  std::size_t page_bytes_;
  std::size_t text_bytes_ = 0;
  std::string log_;
  std::string text_;
  TextDecoder decoder_;
};

// The pieces are of one to sixteen bytes, as `seed` has it, or all there is.
template <class Reader>
void read(Reader& reader, std::string_view page, unsigned seed) {
  Tokenizer tokenizer(reader);
  while (!page.empty()) {
    const std::size_t size = seed == 0 ? page.size() : std::min<std::size_t>(1 + (seed >> 4U) % 16, page.size());
    tokenizer.feed(page.substr(0, size));
    page.remove_prefix(size);
    seed = seed == 0 ? 0 : seed * 1'103'515'245U + 12'345U;
  }
  tokenizer.finish();
}

std::string tokens(std::string_view page, unsigned seed) {
  TokenLog log(page.size());
  read(log, page, seed);
  return log.take();
}

std::string links(std::string_view page, unsigned seed) {
  LinkCollector collector;
  read(collector, page, seed);
  const UniqueLines found =
      collector.links(nbcrawl::Url::parse("http://example.org/a/b").value()).value_or(UniqueLines{});
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto url = nbcrawl::Url::parse(found[i]);
    require(url.has_value() && url->href() == found[i]);
    for (std::size_t j = 0; j < std::min<std::size_t>(i, 20); ++j) require(found[i] != found[j]);
  }
  return std::string(found.block());
}

std::string title(std::string_view page, unsigned seed) {
  TitleReader reader;
  read(reader, page, seed);
  const std::string line = reader.title();
  require(line.find_first_of("\n\t\r\f") == std::string::npos);
  return line;
}

std::string text(std::string_view page, unsigned seed) {
  VisibleTextReader reader;
  read(reader, page, seed);
  const std::string lines = reader.take_text();
  require(lines.empty() || (lines.ends_with('\n') && lines.front() != '\n'));
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned seed = data[0] | 0x100U;
  const std::string_view page(reinterpret_cast<const char*>(data) + 1, size - 1);
  require(tokens(page, 0) == tokens(page, seed));
  require(links(page, 0) == links(page, seed));
  require(title(page, 0) == title(page, seed));
  require(text(page, 0) == text(page, seed));
  return 0;
}

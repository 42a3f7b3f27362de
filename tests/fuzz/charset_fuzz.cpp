// Any bytes, as a page: the first line is a Content-Type, the second an encoding label, the rest the page. Where there
// is one line only it is the page. Whatever comes in, valid UTF-8 goes out.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "charset/from_utf8.hpp"
#include "charset/page_decoder.hpp"
#include "charset/to_utf8.hpp"
#include "charset/utf8.hpp"
#include "fuzz_input.hpp"

namespace {

using nbcrawl::Encoding;

bool is_utf8(std::string_view text) { return nbcrawl::valid_utf8_prefix(text) == text.size(); }

/// Takes the first line off, where it ends in a newline.
std::string_view take_whole_line(std::string_view& rest) {
  return rest.contains('\n') ? take_line(rest) : std::string_view{};
}

void check_page(nbcrawl::PageDecoder& decoder, std::string_view page, std::string_view label, std::string_view type) {
  const auto decoded = decoder.decode(page, label, type);
  require(is_utf8(decoded.text));
  require(nbcrawl::find_encoding(name(decoded.encoding)) == decoded.encoding);
  const std::string first(decoded.text);
  const auto again = decoder.decode(page, label, type);
  require(again.text == first && again.encoding == decoded.encoding && again.source == decoded.source);
}

void check_encoding(Encoding encoding, std::string_view page) {
  std::string text;
  const std::size_t errors = nbcrawl::to_utf8(encoding, page, text);
  require(is_utf8(text));
  if (errors == 0) return;
  // Each error shows.
  std::size_t shown = 0;
  for (std::size_t at = text.find("\xEF\xBF\xBD"); at != std::string::npos; at = text.find("\xEF\xBF\xBD", at + 3))
    ++shown;
  require(shown >= errors);
}

void check_from_utf8(Encoding encoding, std::string_view text) {
  const auto bytes = nbcrawl::from_utf8(encoding, text);
  if (bytes) {
    require(is_utf8(text));
  } else {
    require(!bytes.error().detail.empty() && is_utf8(bytes.error().detail));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view page(reinterpret_cast<const char*>(data), size);
  nbcrawl::PageDecoder decoder;
  check_page(decoder, page, {}, {});
  const std::string_view type = take_whole_line(page);
  const std::string_view label = take_whole_line(page);
  check_page(decoder, page, {}, type);
  check_page(decoder, page, label, type);
  for (std::size_t i = 0; i <= static_cast<std::size_t>(Encoding::replacement); ++i) {
    check_encoding(static_cast<Encoding>(i), page);
  }
  for (const Encoding encoding : {Encoding::gbk, Encoding::iso_2022_jp, Encoding::big5, Encoding::utf_16le}) {
    check_from_utf8(encoding, page);
  }
  return 0;
}

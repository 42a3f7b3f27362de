#include "charset/page_decoder.hpp"

#include <array>
#include <cstddef>
#include <optional>

#include "charset/content_type.hpp"
#include "charset/detect.hpp"
#include "charset/meta_prescan.hpp"
#include "charset/to_utf8.hpp"
#include "charset/utf8.hpp"

namespace nbcrawl {
namespace {

// As far as browsers look ahead (https://html.spec.whatwg.org/#determining-the-character-encoding), and as far as we
// look where that found nothing and the page is not UTF-8: a browser that meets a <meta> later starts over with it.
constexpr std::size_t prescan_bytes = 1024;
constexpr std::size_t late_meta_bytes = 64 * 1024;

// Memory kept for the next page; a giant's goes back.
constexpr std::size_t most_kept_bytes = 1024 * 1024;

struct ByteOrderMark {
  Encoding encoding;
  std::string_view bytes;
};
constexpr auto byte_order_marks = std::to_array<ByteOrderMark>({
    {Encoding::utf_8, "\xEF\xBB\xBF"},
    {Encoding::utf_16be, "\xFE\xFF"},
    {Encoding::utf_16le, "\xFF\xFE"},
});

struct Choice {
  Encoding encoding;
  CharsetSource source;
};

std::optional<Choice> by_byte_order_mark(std::string_view bytes) {
  for (const auto& mark : byte_order_marks) {
    if (bytes.starts_with(mark.bytes)) return Choice{mark.encoding, CharsetSource::bom};
  }
  return std::nullopt;
}

std::string_view without_byte_order_mark(std::string_view bytes, Encoding encoding) {
  for (const auto& mark : byte_order_marks) {
    if (mark.encoding == encoding && bytes.starts_with(mark.bytes)) bytes.remove_prefix(mark.bytes.size());
  }
  return bytes;
}

std::optional<Encoding> encoding_in(std::string_view content_type) {
  const auto label = charset_parameter(content_type);
  return label ? find_encoding(*label) : std::nullopt;
}

std::optional<Choice> by_meta(std::string_view bytes, bool is_utf8) {
  auto encoding = prescan(bytes.substr(0, prescan_bytes));
  if (!encoding && !is_utf8) encoding = prescan(bytes.substr(0, late_meta_bytes));
  return encoding ? std::optional(Choice{*encoding, CharsetSource::meta}) : std::nullopt;
}

struct Page {
  std::string_view bytes;
  bool is_ascii;
  bool is_utf8;
};

Page look_at(std::string_view bytes) {
  const std::size_t ascii = ascii_prefix(bytes);
  const bool is_utf8 = valid_utf8_prefix(bytes.substr(ascii)) == bytes.size() - ascii;
  return {.bytes = bytes, .is_ascii = ascii == bytes.size(), .is_utf8 = is_utf8};
}

struct Decoding {
  std::string_view text;
  std::size_t errors = 0;
};

Decoding convert(const Page& page, Encoding encoding, std::string& storage) {
  const bool as_it_is = encoding == Encoding::utf_8 ? page.is_utf8 : page.is_ascii && is_ascii_superset(encoding);
  if (as_it_is) return {.text = page.bytes};
  const std::size_t errors = to_utf8(encoding, page.bytes, storage);
  return {.text = storage, .errors = errors};
}

DecodedPage decode_as(std::string_view bytes, Choice choice, std::string& storage) {
  const Page page = look_at(without_byte_order_mark(bytes, choice.encoding));
  return {.text = convert(page, choice.encoding, storage).text, .encoding = choice.encoding, .source = choice.source};
}

// Whether the page is UTF-8 while it claims to be something else.
bool is_utf8_in_truth(const Page& page, Encoding declared) {
  if (!page.is_utf8 || declared == Encoding::utf_8) return false;
  if (declared == Encoding::utf_16be || declared == Encoding::utf_16le) return !page.bytes.contains('\0');
  // One sequence can be two characters of another encoding, but in Western text these would be "Ã©" and the like.
  const std::size_t enough = declared == Encoding::windows_1252 ? 1 : 4;
  return count_sequences(page.bytes) >= enough;
}

// Too many errors for a page that is in the encoding which it declares; many more, and not even a poor guess is worse.
// Most pages have none, and are not read once more to be told so.
bool has_one_error_in(std::size_t sequences, const Decoding& decoding) {
  return decoding.errors > 0 && decoding.errors * sequences > count_sequences(decoding.text);
}
bool is_contradicted(const Decoding& decoding) { return has_one_error_in(20, decoding); }
bool is_hopeless(const Decoding& decoding) { return has_one_error_in(2, decoding); }

}  // namespace

std::string_view name(CharsetSource source) noexcept {
  switch (source) {
    case CharsetSource::argument: return "argument";
    case CharsetSource::bom: return "bom";
    case CharsetSource::content_type: return "content-type";
    case CharsetSource::meta: return "meta";
    case CharsetSource::detected: return "detected";
    case CharsetSource::fallback: return "default";
  }
  return "default";
}

DecodedPage PageDecoder::decode(std::string_view bytes, std::string_view label, std::string_view content_type) {
  if (text_.capacity() > most_kept_bytes) std::string().swap(text_);
  if (const auto argument = label.empty() ? std::nullopt : find_encoding(label)) {
    return decode_as(bytes, {*argument, CharsetSource::argument}, text_);
  }
  if (const auto marked = by_byte_order_mark(bytes)) return decode_as(bytes, *marked, text_);

  const Page page = look_at(bytes);
  std::optional<Choice> doubtful;
  const auto declared = [&](const std::optional<Choice>& choice) -> std::optional<DecodedPage> {
    if (!choice || is_utf8_in_truth(page, choice->encoding)) return std::nullopt;
    const Decoding decoding = convert(page, choice->encoding, text_);
    if (!is_contradicted(decoding)) return DecodedPage{decoding.text, choice->encoding, choice->source};
    if (!doubtful && !is_hopeless(decoding)) doubtful = choice;
    return std::nullopt;
  };
  if (content_type != content_type_) {  // a site says the same with each page
    content_type_ = content_type;
    content_type_encoding_ = encoding_in(content_type);
  }
  if (content_type_encoding_) {
    if (const auto decoded = declared(Choice{*content_type_encoding_, CharsetSource::content_type})) return *decoded;
  }
  if (const auto decoded = declared(by_meta(bytes, page.is_utf8))) return *decoded;

  Choice choice{Encoding::windows_1252, CharsetSource::fallback};
  const auto detected = page.is_utf8 && !page.is_ascii ? Encoding::utf_8 : detect_encoding(bytes);
  if (detected) choice = {*detected, CharsetSource::detected};
  if (doubtful && (!detected || *detected == doubtful->encoding)) choice = *doubtful;
  return {convert(page, choice.encoding, text_).text, choice.encoding, choice.source};
}

}  // namespace nbcrawl

#include "charset/detect_single_byte.hpp"

#include <unicode/ucsdet.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace nbcrawl {
namespace {

// Bytes of words that are enough for ICU; more would only cost time.
constexpr std::size_t most_sample_bytes = 1024;

bool is_high(char c) { return static_cast<std::uint8_t>(c) >= 0x80; }
bool is_letter(char c) { return is_high(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// The words of a page that have a letter which is not ASCII. Markup and the English in it would mislead ICU.
struct Words {
  std::string text;  // each followed by a space
  std::size_t count = 0;
  std::size_t high_bytes = 0;
};

Words words_of(std::string_view bytes) {
  Words words;
  for (std::size_t i = 0; i < bytes.size() && words.text.size() < most_sample_bytes;) {
    const std::size_t begin = i;
    std::size_t high = 0;
    for (; i < bytes.size() && i - begin < most_sample_bytes && is_letter(bytes[i]); ++i)
      high += is_high(bytes[i]) ? 1 : 0;
    if (high != 0) {
      words.text.append(bytes, begin, i - begin) += ' ';
      words.count += 1;
      words.high_bytes += high;
    }
    if (i == begin) ++i;
  }
  return words;
}

bool is_latin(Encoding encoding) {
  switch (encoding) {
    case Encoding::iso_8859_2:
    case Encoding::windows_1250:
    case Encoding::windows_1252:
    case Encoding::windows_1254: return true;
    default: return false;
  }
}

// In another script whole words are written, not single letters within words of ASCII.
bool is_plausible(Encoding encoding, const Words& words) {
  if (is_latin(encoding)) return true;
  const std::size_t letters = words.text.size() - words.count;
  return words.high_bytes * 4 >= letters * 3 && letters >= words.count * 2;
}

struct CloseDetector {
  void operator()(UCharsetDetector* detector) const noexcept { ucsdet_close(detector); }
};

}  // namespace

std::optional<Encoding> detect_single_byte(std::string_view bytes) {
  const Words words = words_of(bytes);
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UCharsetDetector, CloseDetector> detector(ucsdet_open(&status));
  ucsdet_setText(detector.get(), words.text.data(), static_cast<std::int32_t>(words.text.size()), &status);
  std::int32_t count = 0;
  const UCharsetMatch** const matches = ucsdet_detectAll(detector.get(), &count, &status);
  if (U_FAILURE(status)) return std::nullopt;
  for (std::int32_t i = 0; i < count; ++i) {
    const char* const icu_name = ucsdet_getName(matches[i], &status);
    if (U_FAILURE(status)) return std::nullopt;
    const auto encoding = find_encoding(icu_name);
    if (encoding && is_single_byte(*encoding) && is_plausible(*encoding, words)) return encoding;
  }
  return std::nullopt;
}

}  // namespace nbcrawl

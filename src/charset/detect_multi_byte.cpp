#include "charset/detect_multi_byte.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

#include "charset/utf8.hpp"

namespace nbcrawl {
namespace {

// How usual a character is in text that was written in its encoding.
enum class Use : std::uint8_t {
  frequent,  // the few that make half of a text: kana, the particles and endings of Korean, an alphabet
  common,    // punctuation and the characters that make nearly all the rest: level 1, or the syllables of Korean
  rare,      // level 2
  exotic,    // extensions and what is left to users
  none,      // not a character of this encoding
};

struct Unit {
  std::uint8_t size;
  Use use;
};

constexpr bool within(unsigned value, unsigned low, unsigned high) { return value >= low && value <= high; }

constexpr Unit no_unit{.size = 1, .use = Use::none};

// The unit at p, which is no ASCII byte; at least four bytes can be read.

Unit gbk_unit(const std::uint8_t* p) {
  const unsigned lead = p[0];
  const unsigned trail = p[1];
  if (!within(lead, 0x81, 0xFE)) return no_unit;
  if (within(trail, 0x30, 0x39) && within(p[2], 0x81, 0xFE) && within(p[3], 0x30, 0x39)) return {4, Use::exotic};
  if (trail < 0x40 || trail == 0x7F || trail == 0xFF) return no_unit;
  if (trail < 0xA1) return {2, Use::rare};
  if (lead == 0xA1 || lead == 0xA3 || within(lead, 0xB0, 0xD7)) return {2, Use::common};
  if (within(lead, 0xA2, 0xA9) || within(lead, 0xD8, 0xF7)) return {2, Use::rare};
  return {2, Use::exotic};
}

Unit big5_unit(const std::uint8_t* p) {
  const unsigned lead = p[0];
  const unsigned trail = p[1];
  if (!within(lead, 0x81, 0xFE) || (!within(trail, 0x40, 0x7E) && !within(trail, 0xA1, 0xFE))) return no_unit;
  if (within(lead, 0xA1, 0xC5) || (lead == 0xC6 && trail <= 0x7E)) return {2, Use::common};
  return {2, within(lead, 0xC9, 0xF9) ? Use::rare : Use::exotic};
}

Unit shift_jis_unit(const std::uint8_t* p) {
  const unsigned lead = p[0];
  const unsigned trail = p[1];
  if (within(lead, 0xA1, 0xDF)) return {1, Use::rare};
  if (!within(lead, 0x81, 0x9F) && !within(lead, 0xE0, 0xFC)) return no_unit;
  if (!within(trail, 0x40, 0xFC) || trail == 0x7F) return no_unit;
  const unsigned code = lead << 8U | trail;
  if (within(code, 0x829F, 0x82F1) || within(code, 0x8340, 0x8396)) return {2, Use::frequent};
  if (lead == 0x81 || within(code, 0x824F, 0x829A) || within(code, 0x889F, 0x9872)) return {2, Use::common};
  if (within(lead, 0x83, 0x84) || within(code, 0x989F, 0xEAA4)) return {2, Use::rare};
  return {2, Use::exotic};
}

Unit euc_jp_unit(const std::uint8_t* p) {
  const unsigned lead = p[0];
  const unsigned trail = p[1];
  if (lead == 0x8E && within(trail, 0xA1, 0xDF)) return {2, Use::rare};
  if (lead == 0x8F && within(trail, 0xA1, 0xFE) && within(p[2], 0xA1, 0xFE)) return {3, Use::exotic};
  if (!within(lead, 0xA1, 0xFE) || !within(trail, 0xA1, 0xFE)) return no_unit;
  if (within(lead, 0xA4, 0xA5)) return {2, Use::frequent};
  if (lead == 0xA1 || lead == 0xA3 || within(lead, 0xB0, 0xCF)) return {2, Use::common};
  return {2, within(lead, 0xA2, 0xA8) || within(lead, 0xD0, 0xF4) ? Use::rare : Use::exotic};
}

// 이다는에의을가하고지로도를은한사기리시서인자니어수들나아게있해으그대정일스여만라
constexpr auto korean_frequent = [] {
  auto codes = std::to_array<std::uint16_t>(
      {0xC0CC, 0xB4D9, 0xB4C2, 0xBFA1, 0xC0C7, 0xC0BB, 0xB0A1, 0xC7CF, 0xB0ED, 0xC1F6, 0xB7CE, 0xB5B5, 0xB8A6, 0xC0BA,
       0xC7D1, 0xBBE7, 0xB1E2, 0xB8AE, 0xBDC3, 0xBCAD, 0xC0CE, 0xC0DA, 0xB4CF, 0xBEEE, 0xBCF6, 0xB5E9, 0xB3AA, 0xBEC6,
       0xB0D4, 0xC0D6, 0xC7D8, 0xC0B8, 0xB1D7, 0xB4EB, 0xC1A4, 0xC0CF, 0xBDBA, 0xBFA9, 0xB8B8, 0xB6F3});
  std::ranges::sort(codes);
  return codes;
}();

Unit euc_kr_unit(const std::uint8_t* p) {
  const unsigned lead = p[0];
  const unsigned trail = p[1];
  if (!within(lead, 0x81, 0xFD) || lead == 0xC9 || !within(trail, 0x41, 0xFE)) return no_unit;
  if (trail < 0xA1) return lead <= 0xC6 ? Unit{2, Use::exotic} : no_unit;
  if (std::ranges::binary_search(korean_frequent, lead << 8U | trail)) return {2, Use::frequent};
  if (lead == 0xA1 || lead == 0xA3 || within(lead, 0xB0, 0xC8)) return {2, Use::common};
  return {2, within(lead, 0xA2, 0xAC) || lead >= 0xCA ? Use::rare : Use::exotic};
}

// A single-byte encoding whose small letters stand in two columns of 16, such as the Cyrillic ones.
template <unsigned first_letter>
Unit alphabet_unit(const std::uint8_t* p) {
  if (within(*p, first_letter, first_letter + 31)) return {1, Use::frequent};
  return {1, *p >= 0xA0 ? Use::common : Use::rare};
}

// An encoding as a model of text: what its characters cost in nats, the logarithm of how many share a probability.
// The least cost of a page is the greatest likelihood. Where an alphabet wins, the text is in no East Asian encoding.
struct Model {
  std::optional<Encoding> encoding;
  Unit (*unit)(const std::uint8_t*);
  double frequent_cost;
  double common_cost;
};

constexpr auto models = std::to_array<Model>({
    {Encoding::gbk, gbk_unit, 0, 8.3},
    {Encoding::big5, big5_unit, 0, 8.6},
    {Encoding::shift_jis, shift_jis_unit, 5.8, 8.8},
    {Encoding::euc_jp, euc_jp_unit, 5.8, 8.8},
    {Encoding::euc_kr, euc_kr_unit, 4.4, 8.5},
    {std::nullopt, alphabet_unit<0xC0>, 3.3, 7.0},  // koi8-r, windows-1256
    {std::nullopt, alphabet_unit<0xD0>, 3.3, 7.0},  // iso-8859-5, windows-1253
    {std::nullopt, alphabet_unit<0xE0>, 3.3, 7.0},  // windows-1251, windows-1255
});

// What a byte of ASCII costs on its own, and a character saves that has one as its trail byte.
constexpr double ascii_cost = 4.2;

double cost(const Model& model, Use use) {
  switch (use) {
    case Use::frequent: return model.frequent_cost;
    case Use::common: return model.common_cost;
    case Use::rare: return model.common_cost + 3;
    case Use::exotic: return model.common_cost + 6;
    case Use::none: return 12;
  }
  return 0;
}

struct Fit {
  std::size_t units = 0;
  std::size_t usual = 0;  // kana and common ones
  std::size_t broken = 0;
  std::size_t isolated = 0;  // between two bytes of ASCII, as an accented letter stands
  double cost = 0;
};

// Bytes of text that are enough to tell; more would only cost time.
constexpr std::size_t most_sample_bytes = 16 * 1024;

// The bytes that matter: each byte that is not ASCII with the one behind it, which may be its trail byte. A line break
// stands for what is left out.
std::string sample(std::string_view bytes) {
  std::string sample;
  while (sample.size() < most_sample_bytes) {
    const std::size_t skipped = ascii_prefix(bytes);
    if (skipped != 0) sample += '\n';
    bytes.remove_prefix(skipped);
    if (bytes.empty()) break;
    const std::size_t most = std::min(bytes.size(), most_sample_bytes);
    std::size_t size = 0;
    while (size < most && static_cast<std::uint8_t>(bytes[size]) >= 0x80) ++size;
    size = std::min(size + 1, most);
    sample.append(bytes, 0, size);
    bytes.remove_prefix(size);
  }
  return sample;
}

Fit fit(const Model& model, std::string_view bytes) {
  Fit fit;
  const auto* p = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const auto* const end = p + bytes.size();
  std::size_t run = 0;
  while (p < end) {
    if (*p < 0x80) {
      fit.isolated += run == 1 ? 1 : 0;
      run = 0;
      ++p;
      continue;
    }
    std::array<std::uint8_t, 4> window{};
    std::memcpy(window.data(), p, static_cast<std::size_t>(std::min<std::ptrdiff_t>(end - p, 4)));
    const Unit unit = model.unit(window.data());
    p += unit.size;
    ++run;
    ++fit.units;
    fit.usual += unit.use <= Use::common ? 1 : 0;
    fit.broken += unit.use == Use::none ? 1 : 0;
    fit.cost += cost(model, unit.use);
    if (unit.size == 2 && window[1] < 0x80) fit.cost -= ascii_cost;
  }
  fit.isolated += run == 1 ? 1 : 0;
  return fit;
}

// Whether it looks like text at all. Pages have cut characters, so some may be broken.
bool is_plausible(const Fit& fit) {
  return fit.units > 0 && fit.usual * 2 >= fit.units && fit.broken <= 1 + fit.units / 10 &&
         fit.isolated * 5 <= fit.units * 2;
}

}  // namespace

std::optional<Encoding> detect_multi_byte(std::string_view bytes) {
  const std::string text = sample(bytes);
  std::optional<Encoding> best;
  double best_cost = std::numeric_limits<double>::max();
  for (const Model& model : models) {
    const Fit found = fit(model, text);
    if (!is_plausible(found) || found.cost >= best_cost) continue;
    best = model.encoding;
    best_cost = found.cost;
  }
  return best;
}

}  // namespace nbcrawl

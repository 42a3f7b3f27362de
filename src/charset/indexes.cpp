#include "charset/indexes.hpp"

#include <cstdint>
#include <span>

#include "charset/icu_converter.hpp"

namespace nbcrawl {
namespace {

// GB 18030-2000, which the four-byte area complements, against today: the revisions of 2005 and 2022 took characters
// out of private use, and web pages want a space at 0xA3 0xA0.
struct MovedCharacter {
  std::uint16_t pointer;
  char16_t in_2000;
  char16_t today;
};
constexpr auto gb18030_moved = std::to_array<MovedCharacter>({
    {6555, 0xE5E5, 0x3000},  {7182, 0xE78D, 0xFE10},  {7183, 0xE78E, 0xFE12},  {7184, 0xE78F, 0xFE11},
    {7185, 0xE790, 0xFE13},  {7186, 0xE791, 0xFE14},  {7187, 0xE792, 0xFE15},  {7188, 0xE793, 0xFE16},
    {7201, 0xE794, 0xFE17},  {7202, 0xE795, 0xFE18},  {7208, 0xE796, 0xFE19},  {7533, 0xE7C7, 0x1E3F},
    {23775, 0xE81E, 0x9FB4}, {23783, 0xE826, 0x9FB5}, {23788, 0xE82B, 0x9FB6}, {23789, 0xE82C, 0x9FB7},
    {23795, 0xE832, 0x9FB8}, {23812, 0xE843, 0x9FB9}, {23829, 0xE854, 0x9FBA}, {23845, 0xE864, 0x9FBB},
});
constexpr std::size_t gb18030_e7c7_pointer = 7457;

// Characters of Big5-HKSCS that ICU lacks, gives to private use, or has at one of two places only.
struct Patch {
  std::uint16_t pointer;
  char32_t entry;
};
constexpr auto big5_patches = std::to_array<Patch>({
    {1008, 0x9F97},   {1016, 0x9F96},   {1099, 0x31C0},   {1100, 0x31C1},  {1101, 0x31C2},  {1102, 0x31C3},
    {1103, 0x31C4},   {1105, 0x31C5},   {1108, 0x31C6},   {1109, 0x31C7},  {1112, 0x31C8},  {1114, 0x31C9},
    {1115, 0x31CA},   {1116, 0x31CB},   {1117, 0x31CC},   {1119, 0x31CD},  {1120, 0x31CE},  {1133, 0xCA0304},
    {1135, 0xCA030C}, {1164, 0xEA0304}, {1166, 0xEA030C}, {1170, 0x23DA},  {1171, 0x23DB},  {1730, 0x9FA6},
    {1772, 0x9FA7},   {1779, 0x9FA8},   {1812, 0x9FA9},   {1814, 0x9FAA},  {1816, 0x9FAB},  {1821, 0x9FAC},
    {1844, 0x9FAD},   {1845, 0x9FAE},   {1847, 0x9FAF},   {1866, 0x9FB2},  {1892, 0x9FB3},  {2082, 0x7BB8},
    {2088, 0x7C06},   {2103, 0x7CCE},   {2114, 0x7DD2},   {2123, 0x7E1D},  {2148, 0x8005},  {2151, 0x8028},
    {2221, 0x83C1},   {2239, 0x84A8},   {2244, 0x840F},   {2303, 0x89A6},  {2304, 0x89A9},  {2354, 0x8D77},
    {2400, 0x90FD},   {2413, 0x92B9},   {2477, 0x975C},   {2498, 0x97FF},  {2605, 0x9F16},  {2673, 0x8503},
    {2746, 0x5159},   {2747, 0x515B},   {2748, 0x515D},   {2749, 0x515E},  {2771, 0x936E},  {2780, 0x7479},
    {2990, 0x6D67},   {3087, 0x799B},   {3259, 0x9097},   {3301, 0x975D},  {3436, 0x701E},  {3451, 0x5B28},
    {4136, 0x7201},   {4138, 0x77D7},   {4141, 0x7E87},   {4182, 0x99D6},  {4206, 0x91D4},  {4220, 0x60DE},
    {4230, 0x6FB6},   {4241, 0x8F36},   {4258, 0x4FBB},   {4273, 0x71DF},  {4279, 0x9104},  {4282, 0x9DF0},
    {4294, 0x83CF},   {4329, 0x5C10},   {4330, 0x79E3},   {4349, 0x5A67},  {4419, 0x8F0B},  {4422, 0x7B51},
    {4494, 0x62D0},   {4624, 0x6062},   {4694, 0x75F9},   {4708, 0x6C4A},  {4742, 0x9B2E},  {4748, 0x9F17},
    {4815, 0x50ED},   {4828, 0x5F0C},   {4902, 0x880F},   {4922, 0x62CE},  {4982, 0x7468},  {4992, 0x7162},
    {4997, 0x7250},   {5432, 0x2400},   {5433, 0x2401},   {5434, 0x2402},  {5435, 0x2403},  {5436, 0x2404},
    {5437, 0x2405},   {5438, 0x2406},   {5439, 0x2407},   {5440, 0x2408},  {5441, 0x2409},  {5442, 0x240A},
    {5443, 0x240B},   {5444, 0x240C},   {5445, 0x240D},   {5446, 0x240E},  {5447, 0x240F},  {5448, 0x2410},
    {5449, 0x2411},   {5450, 0x2412},   {5451, 0x2413},   {5452, 0x2414},  {5453, 0x2415},  {5454, 0x2416},
    {5455, 0x2417},   {5456, 0x2418},   {5457, 0x2419},   {5458, 0x241A},  {5459, 0x241B},  {5460, 0x241C},
    {5461, 0x241D},   {5462, 0x241E},   {5463, 0x241F},   {5464, 0x2421},  {10942, 0x5EF4}, {10946, 0x65E0},
    {10948, 0x7676},  {10950, 0x96B6},  {10957, 0x3003},  {10958, 0x4EDD}, {11204, 0x31CF}, {11210, 0x9FB0},
    {11212, 0x9FB1},  {19028, 0x5029},  {19035, 0x507D},  {19088, 0x5305}, {19096, 0x5344}, {19112, 0x537F},
    {19162, 0x5605},  {19240, 0x5A77},  {19299, 0x5E75},  {19305, 0x5ED0}, {19326, 0x5F58}, {19355, 0x60A4},
    {19398, 0x6490},  {19439, 0x6674},  {19454, 0x675E},  {19553, 0x6C9C}, {19554, 0x6E1D}, {19557, 0x6E2F},
    {19611, 0x716E},  {19643, 0x732A},  {19672, 0x745C},  {19697, 0x74E9}, {19748, 0x7809},
});

constexpr bool is_private_use(char32_t c) { return c >= 0xE000 && c <= 0xF8FF; }

// The one character that `bytes` mean to ICU, or 0.
char32_t icu_character(UConverter* converter, std::span<const std::uint8_t> bytes) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* next = reinterpret_cast<const char*>(bytes.data());
  const char* const end = next + bytes.size();
  ucnv_resetToUnicode(converter);
  const UChar32 c = ucnv_getNextUChar(converter, &next, end, &status);
  return U_SUCCESS(status) && next == end ? static_cast<char32_t>(c) : 0;
}

// Fills `index` from `converter`, `row_size` cells for each lead byte; bytes(pointer) gives the bytes of a cell.
template <class Index, class BytesOf>
void fill(Index& index, Encoding encoding, BytesOf bytes_of) {
  const IcuConverter converter = open_converter(encoding);
  if (converter == nullptr) return;
  for (std::size_t pointer = 0; pointer < index.size(); ++pointer) {
    const auto bytes = bytes_of(pointer);
    index[pointer] = static_cast<typename Index::value_type>(icu_character(converter.get(), bytes));
  }
}

template <class Index>
void drop_private_use(Index& index) {
  for (auto& c : index) {
    if (is_private_use(c)) c = 0;
  }
}

constexpr std::uint8_t byte(std::size_t value) { return static_cast<std::uint8_t>(value); }

Gb18030Index build_gb18030() {
  Gb18030Index index{};
  fill(index, Encoding::gb18030, [](std::size_t pointer) {
    const std::size_t trail = pointer % 190;
    return std::array{byte(0x81 + pointer / 190), byte(trail + (trail < 0x3F ? 0x40 : 0x41))};
  });
  for (const auto& moved : gb18030_moved) index[moved.pointer] = moved.today;
  return index;
}

std::vector<char16_t> build_gb18030_ranges() {
  std::vector<bool> in_two_bytes(0x10000);
  for (const char16_t c : gb18030_index()) in_two_bytes[c] = true;
  for (const auto& moved : gb18030_moved) in_two_bytes[moved.today] = false;
  for (const auto& moved : gb18030_moved) in_two_bytes[moved.in_2000] = true;
  in_two_bytes[0x3000] = true;  // it stands at 0xA1 0xA1 too
  std::vector<char16_t> ranges;
  for (char32_t c = 0x80; c < 0x10000; ++c) {
    const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
    if (!surrogate && !in_two_bytes[c]) ranges.push_back(static_cast<char16_t>(c));
  }
  ranges[gb18030_e7c7_pointer] = 0xE7C7;
  return ranges;
}

Big5Index build_big5() {
  Big5Index index{};
  fill(index, Encoding::big5, [](std::size_t pointer) {
    const std::size_t trail = pointer % 157;
    return std::array{byte(0x81 + pointer / 157), byte(trail + (trail < 0x3F ? 0x40 : 0x62))};
  });
  drop_private_use(index);
  for (const Patch& patch : big5_patches) index[patch.pointer] = patch.entry;
  return index;
}

Jis0208Index build_jis0208() {
  Jis0208Index index{};
  fill(index, Encoding::shift_jis, [](std::size_t pointer) {
    const std::size_t lead = pointer / 188;
    const std::size_t trail = pointer % 188;
    return std::array{byte(lead + (lead < 0x1F ? 0x81 : 0xC1)), byte(trail + (trail < 0x3F ? 0x40 : 0x41))};
  });
  drop_private_use(index);
  return index;
}

Jis0212Index build_jis0212() {
  Jis0212Index index{};
  fill(index, Encoding::euc_jp, [](std::size_t pointer) {
    return std::array{byte(0x8F), byte(0xA1 + pointer / 94), byte(0xA1 + pointer % 94)};
  });
  // The standard's table ends here; ICU goes on with IBM's extensions.
  constexpr std::size_t rows = 77;
  for (std::size_t pointer = rows * 94; pointer < index.size(); ++pointer) index[pointer] = 0;
  return index;
}

EucKrIndex build_euc_kr() {
  EucKrIndex index{};
  fill(index, Encoding::euc_kr,
       [](std::size_t pointer) { return std::array{byte(0x81 + pointer / 190), byte(0x41 + pointer % 190)}; });
  drop_private_use(index);
  return index;
}

}  // namespace

const Gb18030Index& gb18030_index() {
  static const Gb18030Index index = build_gb18030();
  return index;
}

const std::vector<char16_t>& gb18030_ranges() {
  static const std::vector<char16_t> ranges = build_gb18030_ranges();
  return ranges;
}

const Big5Index& big5_index() {
  static const Big5Index index = build_big5();
  return index;
}

const Jis0208Index& jis0208_index() {
  static const Jis0208Index index = build_jis0208();
  return index;
}

const Jis0212Index& jis0212_index() {
  static const Jis0212Index index = build_jis0212();
  return index;
}

const EucKrIndex& euc_kr_index() {
  static const EucKrIndex index = build_euc_kr();
  return index;
}

}  // namespace nbcrawl

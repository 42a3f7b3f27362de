#include "url/idna.hpp"

#include <unicode/uidna.h>

#include <array>
#include <cstdint>
#include <memory>

namespace nbcrawl::whatwg {
namespace {

struct IdnaCloser {
  void operator()(UIDNA* idna) const noexcept { uidna_close(idna); }
};

// CheckHyphens and VerifyDnsLength are false, which ICU has no options for: it reports these errors, to be passed over.
constexpr std::uint32_t errors_passed_over = UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG |
                                             UIDNA_ERROR_DOMAIN_NAME_TOO_LONG | UIDNA_ERROR_LEADING_HYPHEN |
                                             UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4;

}  // namespace

Parsed<std::string> domain_to_ascii(std::string_view domain) {
  constexpr std::string_view too_long = "has a host that is too long";
  if (domain.size() > max_host_bytes) return invalid(too_long);
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UIDNA, IdnaCloser> idna(
      uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII, &status));
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  std::array<char, max_host_bytes> ascii;
  const std::int32_t length =
      uidna_nameToASCII_UTF8(idna.get(), domain.data(), static_cast<std::int32_t>(domain.size()), ascii.data(),
                             static_cast<std::int32_t>(ascii.size()), &info, &status);
  if (status == U_BUFFER_OVERFLOW_ERROR || status == U_INPUT_TOO_LONG_ERROR) return invalid(too_long);
  if (status > U_ZERO_ERROR) return invalid("has a host that could not be converted to ASCII");
  if ((info.errors & ~errors_passed_over) != 0) return invalid("has a host that is no valid internationalized name");
  return std::string(ascii.data(), static_cast<std::size_t>(length));
}

}  // namespace nbcrawl::whatwg

#pragma once

#include <unicode/ucnv.h>

#include <memory>

#include "charset/encoding.hpp"

namespace nbcrawl {

struct CloseConverter {
  void operator()(UConverter* converter) const noexcept { ucnv_close(converter); }
};
using IcuConverter = std::unique_ptr<UConverter, CloseConverter>;

/// ICU's converter whose mapping is nearest to the standard's, set to stop at what it can't map in either direction.
/// Null where ICU has none (iso-8859-16, x-user-defined, replacement). Opening costs some 10 µs.
[[nodiscard]] IcuConverter open_converter(Encoding encoding) noexcept;

}  // namespace nbcrawl

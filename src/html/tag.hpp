#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "html/ascii.hpp"
#include "html/element.hpp"

namespace nbcrawl::html {

/// Where an attribute stands in its tag, in bytes from the "<".
struct AttributeSpan {
  std::uint32_t name;
  std::uint32_t name_size;
  std::uint32_t value;
  std::uint32_t value_size;
};

/// A start tag, as views that live as long as the call that reports it. Names are as written, in any case; values are
/// as written too: decode_attribute() tells what one says.
struct Tag {
  Element element;
  bool self_closing;  ///< ends in "/>", which means something in SVG and MathML only
  bool is_foreign;    ///< inside <svg> or <math>
  std::string_view name;
  std::string_view text;  ///< all of it, from "<"
  std::span<const AttributeSpan> attributes;

  [[nodiscard]] std::string_view name_of(const AttributeSpan& attribute) const {
    return text.substr(attribute.name, attribute.name_size);
  }
  [[nodiscard]] std::string_view value_of(const AttributeSpan& attribute) const {
    return text.substr(attribute.value, attribute.value_size);
  }

  /// The value of the first attribute of that name, given in lower case: of several the first counts.
  [[nodiscard]] std::optional<std::string_view> attribute(std::string_view lower_name) const {
    for (const AttributeSpan& one : attributes) {
      if (equals_lower(name_of(one), lower_name)) return value_of(one);
    }
    return std::nullopt;
  }
};

}  // namespace nbcrawl::html

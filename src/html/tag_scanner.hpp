#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "html/tag.hpp"

namespace nbcrawl::html {

/// A tag of more bytes than this is reported without its attributes: no page needs them, and a hostile one must not
/// make us hold them.
inline constexpr std::size_t max_tag_bytes = std::size_t{1} << 20U;

/// Reads one tag, from its name to its ">", through the tag name state, the attribute states and the self-closing start
/// tag state (HTML standard, sections 13.2.5.8 and 13.2.5.32 to 13.2.5.40). Where the bytes end before the tag does, it
/// goes on from there once more have come: nothing is read twice.
class TagScanner {
 public:
  /// A tag begins, whose name stands so many bytes behind its "<".
  void begin(std::size_t name);

  /// `text` begins with the "<", or with what followed the text of the last call where that was forgotten.
  /// True: the tag is whole, and size() bytes of `text` belong to it.
  bool scan(std::string_view text);
  [[nodiscard]] std::size_t size() const noexcept { return position_; }

  /// The tag is too long: what was scanned is not kept, and the tag goes without its name and attributes.
  void forget() noexcept;
  [[nodiscard]] bool is_cut() const noexcept { return is_cut_; }

  [[nodiscard]] Element element() const noexcept { return element_; }
  /// The tag, once it is whole. `text` as given to scan(). The result refers to this object until its next begin().
  [[nodiscard]] Tag tag(std::string_view text, bool is_foreign) const noexcept;

 private:
  enum class State : std::uint8_t {
    tag_name,
    self_closing_start_tag,
    before_attribute_name,
    attribute_name,
    after_attribute_name,
    before_attribute_value,
    attribute_value_double_quoted,
    attribute_value_single_quoted,
    attribute_value_unquoted,
  };

  void read_tag_name(std::string_view text);
  bool read_usual_attribute(std::string_view text);
  void read_attribute_name(std::string_view text);
  void read_value(std::string_view text, std::size_t end, std::size_t next);
  bool finish() noexcept;
  void cut() noexcept;

  State state_ = State::tag_name;
  Element element_ = Element::other;
  bool self_closing_ = false;
  bool is_cut_ = false;
  std::size_t position_ = 0;
  std::size_t part_ = 0;  // where the name or value that is read begins
  std::size_t name_ = 0;
  std::size_t name_end_ = 0;
  std::vector<AttributeSpan> attributes_;
};

}  // namespace nbcrawl::html

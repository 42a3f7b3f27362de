#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nbcrawl {

// Reading of JSON text that JsonScanner has accepted. Nothing is built: values are views of their text.

enum class JsonType : unsigned char { object, array, string, number, literal };

/// The type of a value, which must begin with its first byte.
JsonType type_of(std::string_view value) noexcept;

/// The members of an object, or the elements of an array, one after the other:
/// `for (JsonItems items(object); items.next();) use(items.name(), items.value());`
class JsonItems {
 public:
  explicit JsonItems(std::string_view object_or_array) noexcept;
  /// Goes to the first, then to the next item. False: there is none.
  bool next() noexcept;
  /// The member's name with its quotation marks; empty in an array.
  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] std::string_view value() const noexcept { return value_; }

 private:
  std::string_view rest_;
  std::string_view name_;
  std::string_view value_;
  bool in_object_;
};

/// What a string (quotation marks included) stands for: a view of its own text where it has no escapes, else of
/// `storage`. Nothing where an escape stands for half a surrogate pair, which is no character.
std::optional<std::string_view> string_value(std::string_view string, std::string& storage);

/// The same text without white space between the tokens.
std::string compact_json(std::string_view value);

/// Looks into a value, however deep, for what the grammar allows but no reader agrees on.
struct JsonFlaw {
  std::size_t offset;  ///< of the string in the text
  bool duplicate;      ///< true: a second member of that name in one object; false: half a surrogate pair
};
std::optional<JsonFlaw> find_flaw(std::string_view value);

}  // namespace nbcrawl

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nbcrawl {

/// One field line of a message head or of its trailers (RFC 9110 section 5). Views into a Fields block.
struct Field {
  std::string_view name;
  std::string_view value;
};

/// The field lines of a message in the order they came, names as sent. All bytes stand in one block, so that a head
/// costs two allocations at most and none where the object is reused after clear(), unless it was very large. Not
/// thread-safe.
class Fields {
 public:
  void add(std::string_view name, std::string_view value);
  void clear() noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  /// The i-th field line. The views live until the next add() or clear().
  [[nodiscard]] Field operator[](std::size_t i) const noexcept;

  /// The value of the first field line of that name (compared without case).
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const noexcept;
  /// The values of all field lines of that name, joined by commas (RFC 9110 section 5.3). Empty: there is none.
  [[nodiscard]] std::string joined(std::string_view name) const;
  /// Whether the comma-separated list in any field line of that name has this token (both compared without case).
  [[nodiscard]] bool has_token(std::string_view name, std::string_view token) const noexcept;

 private:
  struct Entry {
    std::uint32_t name;
    std::uint32_t name_size;
    std::uint32_t value;
    std::uint32_t value_size;
  };
  /// The first field line of that name at or behind `from`; size() where there is none.
  [[nodiscard]] std::size_t find(std::string_view name, std::size_t from = 0) const noexcept;

  std::string block_;
  std::vector<Entry> entries_;
};

/// ASCII case-insensitive equality, the comparison of field names, schemes and tokens (RFC 9110 section 5.1).
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

}  // namespace nbcrawl

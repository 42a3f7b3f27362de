#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "jobs/fault.hpp"
#include "jobs/job_field.hpp"
#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// The members of one job object, or of "defaults", by field and still as JSON text. All are views of that text.
class JobObject {
 public:
  /// Takes apart a value that JsonScanner has accepted. Faults: it is no object or not UTF-8, or a field is unknown or
  /// stands twice.
  std::optional<Fault> read(std::string_view json);

  /// The field's value; empty where it is not given.
  std::string_view operator[](JobField field) const noexcept { return values_[static_cast<std::size_t>(field)]; }
  [[nodiscard]] bool has(JobField field) const noexcept { return !(*this)[field].empty(); }

  /// Where a part of the text begins.
  [[nodiscard]] std::size_t offset_of(std::string_view part) const noexcept {
    return static_cast<std::size_t>(part.data() - json_.data());
  }
  /// What is wrong with a field's value, "FIELD: REASON".
  [[nodiscard]] Fault fault(JobField field, std::string_view reason) const;
  /// The value is none that the field takes.
  [[nodiscard]] Fault bad_value(JobField field) const;

 private:
  std::optional<Fault> add(std::string_view name, std::string_view value);

  std::string_view json_;
  std::array<std::string_view, job_field_count> values_{};
};

/// The first byte that is not UTF-8, if any.
std::optional<Fault> find_invalid_utf8(std::string_view text);

}  // namespace nbcrawl

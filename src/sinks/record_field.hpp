#pragma once

#include <string_view>
#include <vector>

#include "base/json_writer.hpp"
#include "nbcrawl/record.hpp"
#include "sinks/body_form.hpp"

namespace nbcrawl {

/// How the fields are written.
struct RecordStyle {
  BodyForm body = BodyForm::automatic;
};

/// One field of the result record, see docs/records.md.
struct RecordField {
  std::string_view name;
  /// Writes name and value, or nothing where the record has no such value.
  void (*append)(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& style);
};

/// The fields of a record where nobody selects some, in the order of docs/records.md.
std::vector<RecordField> all_record_fields();

/// The fields that a list such as "id,status,url" names, in its order (--fields). These can be others than the default
/// ones: `body_sha256`, which takes its time, and `set_cookie`, whose values are credentials. Error: invalid_job, a
/// sentence that names the unknown field and the one nearest to it.
Result<std::vector<RecordField>> parse_record_fields(std::string_view list);

}  // namespace nbcrawl

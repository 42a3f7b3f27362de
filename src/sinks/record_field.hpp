#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/json_writer.hpp"
#include "nbcrawl/record.hpp"

namespace nbcrawl {

/// How a record holds the job's result (--body).
enum class BodyForm : std::uint8_t {
  automatic,  ///< `body` where it is UTF-8, else `body_base64`
  none,       ///< left out
  text,       ///< `body`, with U+FFFD for what is not UTF-8
  base64,     ///< `body_base64`
};

/// The form of that name: "auto", "none", "text" or "base64". Error: invalid_job, a sentence for the user.
Result<BodyForm> parse_body_form(std::string_view name);

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

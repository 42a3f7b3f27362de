#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "jobs/text_position.hpp"
#include "json/json_scanner.hpp"
#include "nbcrawl/limits.hpp"

namespace nbcrawl {

/// All bytes fed so far are used up: feed() more, or say finish().
struct NeedInput {};
/// There is nothing more in the list.
struct EndOfList {};

/// One record of a job list, as text.
struct ListRecord {
  enum class Kind : std::uint8_t {
    line,      ///< of a plain list; not blank, no comment, without white space at its ends
    value,     ///< a JSON value where a job stands
    defaults,  ///< the value of "defaults", an object
  };
  Kind kind;
  std::string_view text;    ///< lives until feed()
  bool may_be_cut = false;  ///< a line without a newline, at the end of the list
};

/// A place where the list breaks its own form.
struct ListFault {
  TextPosition position;
  std::string_view message;  ///< lives until next()
  bool final;                ///< nothing behind it can be read
};

/// Cuts a job list, whichever of its forms it has, into records, each as soon as its last byte is there. Bytes in,
/// records out, no I/O. It keeps no more than Limits::max_job_bytes and what was fed since it last asked for input.
/// JSON comes out valid by grammar (see JsonScanner).
class RecordSplitter {
 public:
  using Step = std::variant<NeedInput, EndOfList, ListRecord, ListFault>;

  explicit RecordSplitter(const Limits& limits) noexcept
      : scanner_(limits.max_job_depth), max_record_bytes_(limits.max_job_bytes), max_depth_(limits.max_job_depth) {}

  void feed(std::string_view bytes);
  /// Says that no more bytes come.
  void finish() noexcept { finished_ = true; }
  /// The next record. Behind a fault that is not final it goes on at the next line.
  Step next();
  /// Where the record that next() gave last begins.
  [[nodiscard]] TextPosition position_of(const ListRecord& record) noexcept { return position_of(record.text); }

 private:
  /// What comes next in the list.
  enum class Place : std::uint8_t {
    byte_order_mark,
    first_byte,    // that is not white: it tells the form
    line,          // of a plain list
    first_object,  // a job, or the wrapper: the object around "defaults" and "jobs"
    object,        // of NDJSON
    value,         // more of the value that kind_ names
    first_element,
    element,
    element_separator,
    wrapper_name,
    wrapper_colon,
    wrapper_value,
    wrapper_separator,
    rest,         // white space only
    bad_line,     // what is left of it is skipped; behind it comes after_bad_line_
    next_object,  // at the beginning of a line; lines before it are skipped
    end,
  };
  enum class ValueKind : std::uint8_t { object, element, wrapper_name, defaults };

  // Each deals with a Place. Nothing: it moved to the next one.
  std::optional<Step> advance();
  std::optional<Step> skip_byte_order_mark();
  std::optional<Step> tell_form();
  std::optional<Step> take_line();
  std::optional<Step> tell_first_object();
  std::optional<Step> take_object();
  std::optional<Step> take_value();
  std::optional<Step> take_element();
  std::optional<Step> take_element_separator();
  std::optional<Step> take_wrapper_name();
  std::optional<Step> take_wrapper_colon();
  std::optional<Step> take_wrapper_value();
  std::optional<Step> take_wrapper_separator();
  std::optional<Step> take_rest();
  std::optional<Step> skip_bad_line();
  std::optional<Step> find_next_object();

  std::optional<Step> begin_value(ValueKind kind) noexcept;
  std::optional<Step> end_value();
  std::optional<Step> end_wrapper_name(std::string_view name);
  std::optional<Step> end_array() noexcept;
  std::optional<Step> move_to(Place place, std::size_t past_bytes = 0) noexcept;

  [[nodiscard]] std::string_view unread() const noexcept { return std::string_view(buffer_).substr(begin_); }
  TextPosition position_of(std::string_view part) noexcept;
  TextPosition position_at(std::size_t offset) noexcept;
  void move_past(std::size_t size) noexcept;
  bool skip_white() noexcept;
  [[nodiscard]] Step wait_or_end() const noexcept;
  Step wait_for(std::string_view expected);
  Step unexpected(std::string_view expected, std::size_t offset = 0);
  Step fail(TextPosition position, std::string message) noexcept;
  void recover() noexcept;

  JsonScanner scanner_;
  std::size_t max_record_bytes_;
  std::size_t max_depth_;
  std::string buffer_;
  std::size_t begin_ = 0;    // of what is unread
  std::size_t scanned_ = 0;  // bytes of it that belong to the record and need no second look
  // Positions are reckoned where one is asked for, and before its bytes go: lists are long and faults are few.
  TextPosition known_position_;
  std::size_t known_at_ = 0;  // in buffer_
  std::string message_;       // of the last fault
  Place place_ = Place::byte_order_mark;
  Place after_bad_line_ = Place::line;
  ValueKind kind_ = ValueKind::element;
  bool finished_ = false;
  bool in_wrapper_ = false;
  bool has_defaults_ = false;
  bool has_jobs_ = false;
};

}  // namespace nbcrawl

#include "jobs/record_splitter.hpp"

#include <algorithm>
#include <utility>

#include "jobs/shown_text.hpp"
#include "json/json_text.hpp"

namespace nbcrawl {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// A line without the comment and the white space at its end. A URL holds no white space, so "#" behind some begins a
/// comment, not a fragment.
std::string_view without_comment(std::string_view line) noexcept {
  for (std::size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || is_json_white(line[at - 1])) {
      line = line.substr(0, at);
      break;
    }
  }
  while (!line.empty() && is_json_white(line.back())) line.remove_suffix(1);
  return line;
}

}  // namespace

void RecordSplitter::feed(std::string_view bytes) {
  position_at(0);
  known_at_ = 0;
  buffer_.erase(0, std::exchange(begin_, 0));
  buffer_.append(bytes);
}

RecordSplitter::Step RecordSplitter::next() {
  for (;;) {
    if (const auto step = advance()) return *step;
  }
}

std::optional<RecordSplitter::Step> RecordSplitter::advance() {
  switch (place_) {
    case Place::byte_order_mark: return skip_byte_order_mark();
    case Place::first_byte: return tell_form();
    case Place::line: return take_line();
    case Place::first_object: return tell_first_object();
    case Place::object: return take_object();
    case Place::value: return take_value();
    case Place::first_element:
    case Place::element: return take_element();
    case Place::element_separator: return take_element_separator();
    case Place::wrapper_name: return take_wrapper_name();
    case Place::wrapper_colon: return take_wrapper_colon();
    case Place::wrapper_value: return take_wrapper_value();
    case Place::wrapper_separator: return take_wrapper_separator();
    case Place::rest: return take_rest();
    case Place::bad_line: return skip_bad_line();
    case Place::next_object: return find_next_object();
    case Place::end: break;
  }
  return EndOfList{};
}

std::optional<RecordSplitter::Step> RecordSplitter::skip_byte_order_mark() {
  const std::string_view text = unread();
  if (!finished_ && text.size() < byte_order_mark.size() && byte_order_mark.starts_with(text)) return NeedInput{};
  if (text.starts_with(byte_order_mark)) begin_ += byte_order_mark.size();
  return move_to(Place::first_byte);
}

std::optional<RecordSplitter::Step> RecordSplitter::tell_form() {
  if (!skip_white()) return wait_or_end();
  const char first = unread().front();
  if (first == '[') return move_to(Place::first_element, 1);
  if (first == '{') return move_to(Place::first_object);
  if (static_cast<unsigned char>(first) < 0x20) return unexpected("a job list ('[', '{' or a URL)");
  return move_to(Place::line);
}

std::optional<RecordSplitter::Step> RecordSplitter::take_line() {
  const std::string_view text = unread();
  const std::size_t newline = text.substr(0, max_record_bytes_).find('\n', scanned_);
  const bool whole = newline != std::string_view::npos;
  if (!whole) {
    if (text.size() >= max_record_bytes_) {
      return fail(position_at(0),
                  "line of more than " + std::to_string(max_record_bytes_) + " bytes, the limit for one job");
    }
    scanned_ = text.size();
    if (!finished_ || text.empty()) return wait_or_end();
  }
  const std::string_view line = whole ? text.substr(0, newline) : text;
  std::size_t indent = 0;
  while (indent < line.size() && is_json_white(line[indent])) ++indent;
  const ListRecord record{
      .kind = ListRecord::Kind::line, .text = without_comment(line.substr(indent)), .may_be_cut = !whole};
  begin_ += line.size() + (whole ? 1 : 0);
  scanned_ = 0;
  if (record.text.empty()) return std::nullopt;
  return record;
}

// The wrapper can be long and must not be waited for, so its first name decides.
std::optional<RecordSplitter::Step> RecordSplitter::tell_first_object() {
  const std::string_view text = unread().substr(0, max_record_bytes_);
  if (scanned_ == 0) scanned_ = 1;
  while (scanned_ < text.size() && is_json_white(text[scanned_])) ++scanned_;
  const std::string_view begin_of_name = text.substr(scanned_);
  const bool may_go_on = !finished_ && text.size() < max_record_bytes_;
  for (const std::string_view name : {"\"jobs\"", "\"defaults\""}) {
    if (may_go_on && begin_of_name.size() < name.size() && name.starts_with(begin_of_name)) return NeedInput{};
    if (begin_of_name.starts_with(name)) in_wrapper_ = true;
  }
  return in_wrapper_ ? move_to(Place::wrapper_name, 1) : begin_value(ValueKind::object);
}

std::optional<RecordSplitter::Step> RecordSplitter::take_object() {
  if (!skip_white()) return wait_or_end();
  if (unread().front() == '{') return begin_value(ValueKind::object);
  return unexpected("'{' of the next job");
}

std::optional<RecordSplitter::Step> RecordSplitter::take_element() {
  const bool may_end = place_ == Place::first_element;
  if (!skip_white()) return wait_for(may_end ? "a job object or ']'" : "a job object");
  if (may_end && unread().front() == ']') return end_array();
  return begin_value(ValueKind::element);
}

std::optional<RecordSplitter::Step> RecordSplitter::take_element_separator() {
  constexpr std::string_view expected = "',' or ']'";
  if (!skip_white()) return wait_for(expected);
  const char byte = unread().front();
  if (byte == ',') return move_to(Place::element, 1);
  if (byte == ']') return end_array();
  return unexpected(expected);
}

std::optional<RecordSplitter::Step> RecordSplitter::end_array() noexcept {
  return move_to(in_wrapper_ ? Place::wrapper_separator : Place::rest, 1);
}

std::optional<RecordSplitter::Step> RecordSplitter::take_rest() {
  if (!skip_white()) return wait_or_end();
  return unexpected("nothing more after the end of the list");
}

std::optional<RecordSplitter::Step> RecordSplitter::skip_bad_line() {
  const std::string_view text = unread();
  const std::size_t newline = text.find('\n');
  if (newline != std::string_view::npos) return move_to(after_bad_line_, newline + 1);
  move_past(text.size());
  return wait_or_end();
}

std::optional<RecordSplitter::Step> RecordSplitter::find_next_object() {
  if (!skip_white()) return wait_or_end();
  return move_to(unread().front() == '{' ? Place::object : Place::bad_line);
}

std::optional<RecordSplitter::Step> RecordSplitter::begin_value(ValueKind kind) noexcept {
  kind_ = kind;
  scanner_.reset();
  return move_to(Place::value);
}

std::optional<RecordSplitter::Step> RecordSplitter::take_value() {
  const auto [status, taken] = scanner_.scan(unread().substr(0, max_record_bytes_).substr(scanned_));
  scanned_ += taken;
  switch (status) {
    case JsonScanner::Status::complete: return end_value();
    case JsonScanner::Status::invalid: return unexpected(scanner_.expected(), scanned_);
    case JsonScanner::Status::too_deep:
      return fail(position_at(scanned_), "nested deeper than " + std::to_string(max_depth_) + " levels, the limit");
    case JsonScanner::Status::incomplete: break;
  }
  if (scanned_ < max_record_bytes_) return wait_for(scanner_.expected());
  return fail(position_at(0), "job of more than " + std::to_string(max_record_bytes_) + " bytes, the limit");
}

std::optional<RecordSplitter::Step> RecordSplitter::end_value() {
  ListRecord record{.kind = ListRecord::Kind::value, .text = unread().substr(0, scanned_)};
  move_past(record.text.size());
  switch (kind_) {
    case ValueKind::object: place_ = Place::object; break;
    case ValueKind::element: place_ = Place::element_separator; break;
    case ValueKind::wrapper_name: return end_wrapper_name(record.text);
    case ValueKind::defaults:
      place_ = Place::wrapper_separator;
      record.kind = ListRecord::Kind::defaults;
      break;
  }
  return record;
}

std::optional<RecordSplitter::Step> RecordSplitter::take_wrapper_name() {
  constexpr std::string_view expected = "\"defaults\" or \"jobs\"";
  if (!skip_white()) return wait_for(expected);
  if (unread().front() != '"') return unexpected(expected);
  return begin_value(ValueKind::wrapper_name);
}

std::optional<RecordSplitter::Step> RecordSplitter::end_wrapper_name(std::string_view name) {
  const bool is_defaults = name == "\"defaults\"";
  bool& has_it = is_defaults ? has_defaults_ : has_jobs_;
  if (!is_defaults && name != "\"jobs\"") {
    return fail(position_of(name),
                "unknown field " + shown_piece(name) + " beside the jobs: only \"defaults\" may stand there");
  }
  if (has_it) return fail(position_of(name), "field " + std::string(name) + " stands twice");
  if (is_defaults && has_jobs_) return fail(position_of(name), "\"defaults\" must stand before \"jobs\"");
  has_it = true;
  return move_to(Place::wrapper_colon);
}

std::optional<RecordSplitter::Step> RecordSplitter::take_wrapper_colon() {
  if (!skip_white()) return wait_for("':'");
  if (unread().front() != ':') return unexpected("':'");
  return move_to(Place::wrapper_value, 1);
}

std::optional<RecordSplitter::Step> RecordSplitter::take_wrapper_value() {
  const std::string_view expected = has_jobs_ ? "'[' of the list of jobs" : "'{' of the defaults";
  if (!skip_white()) return wait_for(expected);
  const char byte = unread().front();
  if (has_jobs_ && byte == '[') return move_to(Place::first_element, 1);
  if (!has_jobs_ && byte == '{') return begin_value(ValueKind::defaults);
  return unexpected(expected);
}

std::optional<RecordSplitter::Step> RecordSplitter::take_wrapper_separator() {
  const std::string_view expected = has_jobs_ ? "',' or '}'" : "',' and \"jobs\"";
  if (!skip_white()) return wait_for(expected);
  const char byte = unread().front();
  if (byte == ',') return move_to(Place::wrapper_name, 1);
  if (byte == '}' && has_jobs_) return move_to(Place::rest, 1);
  return unexpected(expected);
}

std::optional<RecordSplitter::Step> RecordSplitter::move_to(Place place, std::size_t past_bytes) noexcept {
  move_past(past_bytes);
  place_ = place;
  return std::nullopt;
}

void RecordSplitter::move_past(std::size_t size) noexcept {
  begin_ += size;
  scanned_ = 0;
}

bool RecordSplitter::skip_white() noexcept {
  const std::string_view text = unread();
  std::size_t white = 0;
  while (white < text.size() && is_json_white(text[white])) ++white;
  if (white > 0) move_past(white);
  return white < text.size();
}

/// Where a part of the buffer begins; it must not stand before what was asked for earlier.
TextPosition RecordSplitter::position_of(std::string_view part) noexcept {
  const auto offset = static_cast<std::size_t>(part.data() - buffer_.data());
  known_position_.advance(std::string_view(buffer_).substr(known_at_, offset - known_at_));
  known_at_ = offset;
  return known_position_;
}

/// Of a byte of what is unread.
TextPosition RecordSplitter::position_at(std::size_t offset) noexcept {
  TextPosition position = position_of(unread());
  position.advance(unread().substr(0, offset));
  return position;
}

RecordSplitter::Step RecordSplitter::wait_or_end() const noexcept {
  if (finished_) return EndOfList{};
  return NeedInput{};
}

RecordSplitter::Step RecordSplitter::wait_for(std::string_view expected) {
  if (!finished_) return NeedInput{};
  return unexpected(expected, unread().size());
}

RecordSplitter::Step RecordSplitter::unexpected(std::string_view expected, std::size_t offset) {
  const std::string_view text = unread();
  const std::string got = offset < text.size() ? shown(text[offset]) : "end of input";
  return fail(position_at(offset), "expected " + std::string(expected) + ", got " + got);
}

RecordSplitter::Step RecordSplitter::fail(TextPosition position, std::string message) noexcept {
  recover();
  message_ = std::move(message);
  return ListFault{.position = position, .message = message_, .final = place_ == Place::end};
}

// Only where a record ends with its line can the next one be found.
void RecordSplitter::recover() noexcept {
  const bool in_object = place_ == Place::value && kind_ == ValueKind::object;
  if (!in_object && place_ != Place::object && place_ != Place::line) {
    place_ = Place::end;
    return;
  }
  // An object that lacks its end is noticed at the next one.
  const std::string_view scanned = unread().substr(0, scanned_);
  const std::string_view rest = unread().substr(scanned_);
  const std::size_t newline = scanned.rfind('\n');
  const bool at_next_object =
      in_object && rest.starts_with('{') && newline != std::string_view::npos &&
      std::all_of(scanned.begin() + static_cast<std::ptrdiff_t>(newline), scanned.end(), is_json_white);
  move_past(scanned_);
  after_bad_line_ = in_object ? Place::next_object : place_;
  place_ = at_next_object ? Place::object : Place::bad_line;
}

}  // namespace nbcrawl

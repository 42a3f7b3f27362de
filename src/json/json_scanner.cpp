#include "json/json_scanner.hpp"

#include "base/ascii.hpp"
#include "json/json_text.hpp"

namespace nbcrawl {

void JsonScanner::reset() noexcept {
  open_.clear();
  state_ = State::value;
  string_is_name_ = false;
}

JsonScanner::Progress JsonScanner::scan(std::string_view bytes) {
  const char* const begin = bytes.data();
  const char* const end = begin + bytes.size();
  const char* at = begin;
  Status status = Status::incomplete;
  while (at != end && status == Status::incomplete) {
    if (state_ == State::string) {
      at = end_of_plain_text(at, end);
      if (at == end) break;
    } else if (between_tokens() && is_json_white(*at)) {
      ++at;
      continue;
    }
    status = take(*at);
    if (status == Status::incomplete) {
      ++at;
      if (state_ == State::complete) status = Status::complete;
    } else if (status == Status::invalid && number_may_end()) {
      end_value();  // the byte belongs to what follows the number
      status = state_ == State::complete ? Status::complete : Status::incomplete;
    }
  }
  return {.status = status, .taken = static_cast<std::size_t>(at - begin)};
}

JsonScanner::Status JsonScanner::take(char byte) {
  switch (state_) {
    case State::value: return take_value(byte);
    case State::value_or_end: return byte == ']' ? close() : take_value(byte);
    case State::name: return take_name(byte);
    case State::name_or_end: return byte == '}' ? close() : take_name(byte);
    case State::colon: return byte == ':' ? enter(State::value) : Status::invalid;
    case State::separator: return take_separator(byte);
    case State::string: return take_in_string(byte);
    case State::escape:
    case State::hex_digits: return take_escape(byte);
    case State::literal: return take_literal(byte);
    case State::complete: return Status::invalid;
    default: return take_number(byte);
  }
}

JsonScanner::Status JsonScanner::enter(State next) noexcept {
  state_ = next;
  return Status::incomplete;
}

JsonScanner::Status JsonScanner::take_value(char byte) {
  switch (byte) {
    case '{': return open(byte, State::name_or_end);
    case '[': return open(byte, State::value_or_end);
    case '"': string_is_name_ = false; return enter(State::string);
    case 't': literal_left_ = "rue"; return enter(State::literal);
    case 'f': literal_left_ = "alse"; return enter(State::literal);
    case 'n': literal_left_ = "ull"; return enter(State::literal);
    case '-': return enter(State::minus);
    case '0': return enter(State::zero);
    default: return is_digit(byte) ? enter(State::integer) : Status::invalid;
  }
}

JsonScanner::Status JsonScanner::take_name(char byte) noexcept {
  if (byte != '"') return Status::invalid;
  string_is_name_ = true;
  return enter(State::string);
}

JsonScanner::Status JsonScanner::take_separator(char byte) noexcept {
  const bool in_object = open_.back() == '{';
  if (byte == ',') return enter(in_object ? State::name : State::value);
  return byte == (in_object ? '}' : ']') ? close() : Status::invalid;
}

JsonScanner::Status JsonScanner::take_in_string(char byte) noexcept {
  if (byte == '\\') return enter(State::escape);
  if (byte != '"') return Status::invalid;  // a control character: end_of_plain_text() stopped at it
  if (string_is_name_) return enter(State::colon);
  end_value();
  return Status::incomplete;
}

JsonScanner::Status JsonScanner::take_escape(char byte) noexcept {
  if (state_ == State::hex_digits) {
    if (hex_value(byte) < 0) return Status::invalid;
    return --hex_digits_left_ == 0 ? enter(State::string) : Status::incomplete;
  }
  if (byte == 'u') {
    hex_digits_left_ = 4;
    return enter(State::hex_digits);
  }
  constexpr std::string_view simple = "\"\\/bfnrt";
  return simple.find(byte) == std::string_view::npos ? Status::invalid : enter(State::string);
}

JsonScanner::Status JsonScanner::take_literal(char byte) noexcept {
  if (byte != literal_left_.front()) return Status::invalid;
  literal_left_.remove_prefix(1);
  if (literal_left_.empty()) end_value();
  return Status::incomplete;
}

JsonScanner::Status JsonScanner::take_number(char byte) noexcept {
  const bool digit = is_digit(byte);
  const bool has_integer = state_ == State::zero || state_ == State::integer;
  if (byte == '.' && has_integer) return enter(State::point);
  if ((byte == 'e' || byte == 'E') && (has_integer || state_ == State::fraction)) return enter(State::exponent);
  if ((byte == '+' || byte == '-') && state_ == State::exponent) return enter(State::exponent_sign);
  if (!digit || state_ == State::zero) return Status::invalid;
  switch (state_) {
    case State::minus: return enter(byte == '0' ? State::zero : State::integer);
    case State::point: return enter(State::fraction);
    case State::exponent:
    case State::exponent_sign: return enter(State::exponent_digits);
    default: return Status::incomplete;
  }
}

bool JsonScanner::number_may_end() const noexcept {
  return state_ == State::zero || state_ == State::integer || state_ == State::fraction ||
         state_ == State::exponent_digits;
}

JsonScanner::Status JsonScanner::open(char byte, State inside) {
  if (open_.size() >= max_depth_) return Status::too_deep;
  open_ += byte;
  return enter(inside);
}

JsonScanner::Status JsonScanner::close() noexcept {
  open_.pop_back();
  end_value();
  return Status::incomplete;
}

std::string_view JsonScanner::expected() const noexcept {
  switch (state_) {
    case State::value: return "a value";
    case State::value_or_end: return "a value or ']'";
    case State::name: return "a field name in double quotes";
    case State::name_or_end: return "a field name in double quotes or '}'";
    case State::colon: return "':'";
    case State::string: return "'\"' at the end of the string";
    case State::escape: return R"(one of " \ / b f n r t u after '\')";
    case State::hex_digits: return "a hexadecimal digit";
    case State::literal: return "true, false or null";
    case State::minus:
    case State::point:
    case State::exponent:
    case State::exponent_sign: return "a digit";
    default: return !open_.empty() && open_.back() == '{' ? "',' or '}'" : "',' or ']'";
  }
}

}  // namespace nbcrawl

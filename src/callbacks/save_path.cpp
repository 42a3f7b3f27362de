#include "callbacks/save_path.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/hex.hpp"
#include "base/sha256.hpp"
#include "base/utf8.hpp"

namespace nbcrawl {

namespace {

constexpr std::size_t max_name_bytes = 255;  // NAME_MAX of every usual file system
constexpr std::size_t hash_digits = 32;      // of SHA-256: whoever makes the links must not find two that share a name
constexpr std::string_view directory_index = "index.html";

void append_escaped(std::string& out, std::string_view bytes) {
  for (const char byte : bytes) append_marked_hex(out, '#', byte);
}

/// Whether a code point stands for itself in a name: not the controls, C1 included, and not the space.
bool is_plain(const CodePoint& code_point) noexcept {
  if (!code_point.valid) return false;
  if (code_point.value >= 0x80) return code_point.value >= 0xA0;
  return code_point.value > ' ' && code_point.value < 0x7F && code_point.value != '/' && code_point.value != '\\' &&
         code_point.value != '#';
}

void append_shortened(std::string& out, std::string_view name) {
  constexpr std::string_view mark = "##";
  std::size_t kept = max_name_bytes - mark.size() - hash_digits;
  const auto continues = [name](std::size_t i) { return (static_cast<unsigned char>(name[i]) & 0xC0U) == 0x80; };
  while (kept > 0 && continues(kept)) --kept;
  out.append(name.substr(0, kept)).append(mark).append(sha256_hex(name), 0, hash_digits);
}

/// The same path with every component short enough to be a name.
std::string with_short_names(std::string path) {
  if (path.size() <= max_name_bytes) return path;
  std::string shortened;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view name = std::string_view(path).substr(begin, end - begin);
    if (begin > 0) shortened += '/';
    if (name.size() > max_name_bytes) {
      append_shortened(shortened, name);
    } else {
      shortened.append(name);
    }
    begin = end + 1;
  }
  return shortened;
}

}  // namespace

void SavePath::begin_component() {
  if (!path_.empty() && path_.back() != '/') path_ += '/';
}

void SavePath::append_literal(std::string_view text) {
  for (const char byte : text) {
    if (byte == '/') {
      begin_component();
    } else {
      path_ += byte;
    }
  }
}

void SavePath::append_value(std::string_view value) {
  const bool first = path_.empty() || path_.back() == '/';
  if (first && (value.starts_with('.') || value.starts_with('-'))) {
    append_escaped(path_, value.substr(0, 1));
    value.remove_prefix(1);
  }
  while (!value.empty()) {
    const CodePoint code_point = next_code_point(value);
    const std::string_view bytes = value.substr(0, code_point.size);
    if (is_plain(code_point)) {
      path_.append(bytes);
    } else {
      append_escaped(path_, bytes);
    }
    value.remove_prefix(code_point.size);
  }
}

void SavePath::append_url_path(const Url& url) {
  std::string_view segments = url.path();
  const std::string_view query = url.request_target().substr(segments.size());  // with its "?": an empty one counts too
  if (segments.starts_with('/')) segments.remove_prefix(1);
  begin_component();
  for (std::size_t slash = segments.find('/'); slash != std::string_view::npos; slash = segments.find('/')) {
    append_folder(segments.substr(0, slash));
    segments.remove_prefix(slash + 1);
  }
  append_file(segments, !query.empty());
  append_value(query);
}

void SavePath::append_folder(std::string_view segment) {
  append_value(segment);
  if (segment.empty() || segment.contains('.')) path_ += '#';
  path_ += '/';
}

void SavePath::append_file(std::string_view segment, bool has_query) {
  if (segment.empty()) {
    path_.append(directory_index);
  } else if (segment == directory_index) {
    path_.append("index#.html");  // the plain name is that of the folder's own page
  } else {
    append_value(segment);
    if (!has_query && !segment.contains('.')) path_ += '#';
  }
}

std::string SavePath::finish() && {
  if (path_.empty() || path_.back() == '/') path_.append(directory_index);
  return with_short_names(std::move(path_));
}

}  // namespace nbcrawl

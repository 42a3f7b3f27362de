#pragma once

#include <string>
#include <string_view>

#include "nbcrawl/url.hpp"

namespace nbcrawl {

/// Builds the relative path of a saved page out of a template's text and of values from outside, so that no value can
/// choose another folder and two values never give one name. "#" is never part of a URL's host, path or query, so every
/// "#" is a mark set here:
///
///   #2F       a byte that can't stand in a name: "/", "\", "#", controls, space, not UTF-8; a leading "." or "-"
///   a.b#/     a folder whose name has a dot, or is empty
///   a#        a file whose name has no dot and no query: so a file and a folder never want the same name
///   a#result  of ResultFiles: what a job emits beside the page that it saves as "a"
///   ##        before the hash of a name that is longer than the 255 bytes of NAME_MAX
class SavePath {
 public:
  /// Text that the user wrote, taken as it is; "/" begins a new component.
  void append_literal(std::string_view text);

  /// A part of one component.
  void append_value(std::string_view value);

  /// The URL's path, its folders and its file, then the query. Begins a new component.
  void append_url_path(const Url& url);

  /// The path. Where it ends in a folder, "index.html" is the file.
  [[nodiscard]] std::string finish() &&;

 private:
  void begin_component();
  void append_folder(std::string_view segment);
  void append_file(std::string_view segment, bool has_query);

  std::string path_;
};

}  // namespace nbcrawl

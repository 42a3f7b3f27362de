#pragma once

#include <string>

namespace nbcrawl {

/// The line on the terminal that is drawn again and again. Other messages go above it. Standard error only.
class StatusLine {
 public:
  explicit StatusLine(bool enabled) : enabled_(enabled) {}
  ~StatusLine() { clear(); }
  /// Draws it anew, cut to the terminal's width.
  void show(std::string text);
  void clear();
  /// Prints a line of its own above.
  void print_above(const std::string& line);

 private:
  bool enabled_;
  std::string shown_;
};

}  // namespace nbcrawl

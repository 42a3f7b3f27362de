#pragma once

#include <string>

#include "cli/messages.hpp"

namespace nbcrawl {

/// The line on the terminal that is drawn again and again. Other messages go above it.
class StatusLine {
 public:
  StatusLine(Messages& messages, bool enabled) : messages_(messages), enabled_(enabled) {}
  ~StatusLine() { clear(); }
  /// Draws it anew, cut to the terminal's width.
  void show(std::string text);
  void clear();
  /// Prints a line of its own above.
  void print_above(const std::string& line);

 private:
  Messages& messages_;
  bool enabled_;
  std::string shown_;
};

}  // namespace nbcrawl

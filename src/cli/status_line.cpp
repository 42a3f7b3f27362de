#include "cli/status_line.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace nbcrawl {

namespace {

std::size_t terminal_width() {
  if (const char* columns = std::getenv("COLUMNS")) {
    if (const long width = std::strtol(columns, nullptr, 10); width > 0) return static_cast<std::size_t>(width);
  }
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace

void StatusLine::show(std::string text) {
  if (!enabled_ || messages_.are_behind()) return;
  text.resize(std::min(text.size(), terminal_width() - 1));
  if (text == shown_) return;
  shown_ = std::move(text);
  messages_.write("\r\x1b[K" + shown_);
}

void StatusLine::clear() {
  if (shown_.empty()) return;
  shown_.clear();
  messages_.write("\r\x1b[K");
}

void StatusLine::print_above(const std::string& line) {
  const std::string status = std::exchange(shown_, {});
  messages_.write((status.empty() ? "" : "\r\x1b[K") + line + "\n");
  show(status);
}

}  // namespace nbcrawl

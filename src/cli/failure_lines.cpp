#include "cli/failure_lines.hpp"

#include "base/escape.hpp"
#include "base/shortened.hpp"

namespace nbcrawl {

namespace {

/// More than most URLs have, less than would bury the other lines.
std::string shown(std::string_view text) { return shortened(text, 2000); }

}  // namespace

Result<> FailureLines::write(const Record& record) {
  if (record.ok()) return {};
  const std::string subject = record.job != nullptr ? shown(record.job->url.href()) + ": " : "";
  status_.print_above("nbcrawl: " + escape_for_terminal(subject + shown(record.error->detail)) + " (" +
                      std::string(code(record.error->kind)) + ")");
  return {};
}

}  // namespace nbcrawl

#include "cli/failure_lines.hpp"

#include "base/escape.hpp"

namespace nbcrawl {

Result<> FailureLines::write(const Record& record) {
  if (record.ok()) return {};
  const std::string subject = record.job != nullptr ? std::string(record.job->url.href()) + ": " : "";
  status_.print_above("nbcrawl: " + escape_for_terminal(subject + record.error->detail) + " (" +
                      std::string(code(record.error->kind)) + ")");
  return {};
}

}  // namespace nbcrawl

#include "cli/summary_line.hpp"

#include <algorithm>

#include "cli/shown_quantity.hpp"

namespace nbcrawl {

std::string summary_line(const Summary& summary, const JobTotals& before) {
  const double elapsed = std::max(std::chrono::duration<double>(summary.elapsed).count(), 1e-6);
  const std::uint64_t done = summary.succeeded + summary.failed;
  std::string text =
      "nbcrawl: " + std::to_string(summary.succeeded) + " of " + std::to_string(done) + " jobs succeeded";
  if (summary.failed > 0) text += ", " + std::to_string(summary.failed) + " failed";
  if (before.done() > 0) text += ", " + std::to_string(before.done()) + " done before";
  if (before.failed > 0) text += " (" + std::to_string(before.failed) + " failed)";
  text += "; " + shown_bytes(summary.body_bytes) + " in " + shown_duration(elapsed) + " (" +
          shown_number("%.0f", static_cast<double>(done) / elapsed) + " jobs/s), " +
          std::to_string(summary.connections) + (summary.connections == 1 ? " connection" : " connections");
  if (summary.stopped_by_signal != 0) text += "; stopped by signal " + std::to_string(summary.stopped_by_signal);
  if (summary.stopped_by_errors) text += "; stopped early: too many errors";
  if (summary.error && summary.error->kind == ErrorKind::output_failed) text += "; not all results are written";
  return text;
}

}  // namespace nbcrawl

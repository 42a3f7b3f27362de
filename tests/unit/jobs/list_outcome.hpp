#pragma once

// What a JobReader makes of a list, as text, so that two ways of reading it can be compared. Used by the fuzz target
// too.
#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "jobs/job_reader.hpp"

namespace job_list {

using namespace nbcrawl;

inline std::string outcome(const JobOptions& options) {
  std::string text = " method=" + std::string(options.sent_method());
  for (const Header& header : options.headers) text += " header=" + header.name + ": " + header.value;
  if (options.body) text += " body=" + *options.body;
  if (!options.body_file.empty()) text += " body_file=" + options.body_file;
  if (options.timeout) text += " timeout=" + std::to_string(options.timeout->count()) + "ms";
  if (options.connect_timeout) text += " connect_timeout=" + std::to_string(options.connect_timeout->count()) + "ms";
  if (options.max_body_bytes) text += " max_body_bytes=" + std::to_string(*options.max_body_bytes);
  if (!options.charset.empty()) text += " charset=" + options.charset;
  if (!options.output.empty()) text += " output=" + options.output;
  if (!options.key.empty()) text += " key=" + options.key;
  if (!options.meta.empty()) text += " meta=" + options.meta;
  return text;
}

inline std::string outcome(const Job& job) {
  std::string text = std::to_string(job.index) + ' ' + std::string(job.url.href());
  if (!job.url.username().empty()) text += " user=" + std::string(job.url.username());
  if (!job.id.empty()) text += " id=" + job.id;
  for (const std::string& callback : job.callbacks) text += " callback=" + callback;
  if (job.options) text += outcome(*job.options);
  return text;
}

inline std::string outcome(const BadRecord& bad) {
  return std::to_string(bad.index) + (bad.final ? " last error " : " error ") + bad.error.detail;
}

/// Asks the reader until it needs input (false) or the list has ended (true), and adds what comes to `outcomes`.
inline bool drain(JobReader& reader, std::vector<std::string>& outcomes) {
  for (;;) {
    const JobReader::Step step = reader.next();
    if (std::holds_alternative<NeedInput>(step)) return false;
    if (std::holds_alternative<EndOfList>(step)) return true;
    if (const auto* job = std::get_if<Job>(&step)) outcomes.push_back(outcome(*job));
    if (const auto* bad = std::get_if<BadRecord>(&step)) outcomes.push_back(outcome(*bad));
  }
}

using Outcomes = std::vector<std::string>;

/// Reads a whole list. `next_size` says how long the next piece is that the reader is fed.
inline Outcomes read_in_pieces(std::string_view list, const std::function<std::size_t()>& next_size,
                               const Limits& limits = {}, JobChecks checks = {}) {
  JobReader reader("list", limits, std::move(checks));
  Outcomes outcomes;
  while (!drain(reader, outcomes)) {
    if (list.empty()) {
      reader.finish();
    } else {
      const std::size_t size = std::min(next_size(), list.size());
      reader.feed(list.substr(0, size));
      list.remove_prefix(size);
    }
  }
  return outcomes;
}

/// Reads a whole list in one piece.
inline Outcomes read(std::string_view list, const Limits& limits = {}, JobChecks checks = {}) {
  return read_in_pieces(list, [&] { return list.size(); }, limits, std::move(checks));
}

}  // namespace job_list

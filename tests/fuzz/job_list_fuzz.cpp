// Any bytes, read as a job list: in one piece, byte by byte, and in pieces that the last byte chooses. All give the
// same jobs and errors. What of it is an array of JSON is held against nlohmann::json.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "../unit/jobs/list_outcome.hpp"
#include "fuzz_input.hpp"

namespace {

using job_list::Outcomes;

// Small, so that the fuzzer finds them.
constexpr nbcrawl::Limits limits{.max_job_bytes = 512, .max_job_depth = 8};

Outcomes read_in_chosen_pieces(std::string_view list) {
  std::uint32_t state = list.empty() ? 1U : static_cast<unsigned char>(list.back()) + 1U;
  const auto next_size = [&] {
    state = state * 1664525U + 1013904223U;
    return static_cast<std::size_t>(state >> 27U) + 1;
  };
  return job_list::read_in_pieces(list, next_size, limits);
}

/// Whether outcome i says that the list can't be read further.
bool is_last_error(const Outcomes& outcomes, std::size_t i) {
  return outcomes[i].starts_with(std::to_string(i) + " last error ");
}

bool ends_early(const Outcomes& outcomes) { return !outcomes.empty() && is_last_error(outcomes, outcomes.size() - 1); }

void check_indices(const Outcomes& outcomes) {
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    require(outcomes[i].starts_with(std::to_string(i) + " "));
    require(i + 1 == outcomes.size() || !is_last_error(outcomes, i));
  }
}

bool is_array(std::string_view list) {
  const std::size_t first = list.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && list[first] == '[';
}

/// What nlohmann::json refuses and RFC 8259 allows: text that is not UTF-8, half surrogate pairs, numbers too large for
/// a double.
bool may_differ(std::string_view list) {
  return list.size() > 300 || std::any_of(list.begin(), list.end(), [](char c) {
           return static_cast<signed char>(c) < 0 || c == '\\' || c == 'e' || c == 'E';
         });
}

void check_against_nlohmann(std::string_view list, const Outcomes& whole) {
  const bool accepted = nlohmann::json::accept(list);
  if (!ends_early(whole)) require(accepted || may_differ(list));
  if (accepted && ends_early(whole)) require(whole.back().find("the limit") != std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view list(reinterpret_cast<const char*>(data), size);
  const Outcomes whole = job_list::read(list, limits);
  check_indices(whole);
  require(job_list::read_in_pieces(list, [] { return 1U; }, limits) == whole);
  require(read_in_chosen_pieces(list) == whole);

  // nlohmann::json takes a NUL for the end.
  if (is_array(list) && list.find('\0') == std::string_view::npos) check_against_nlohmann(list, whole);
  return 0;
}

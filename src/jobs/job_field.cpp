#include "jobs/job_field.hpp"

#include <algorithm>
#include <array>

#include "base/nearest_name.hpp"
#include "jobs/field_values.hpp"
#include "jobs/shown_text.hpp"

namespace nbcrawl {
namespace {

struct Description {
  std::string_view name;
  std::string_view values;
};

constexpr std::string_view duration = R"(a duration above zero such as 10, "1.5s" or "500ms")";

constexpr std::string_view count = "a whole number from 0 to 1000";
static_assert(max_count == 1000);

// In the order of JobField.
constexpr std::array descriptions{
    Description{"url", "a URL in a string"},
    Description{"host", "a host name or address in a string, perhaps with a port"},
    Description{"path", "a string that begins with '/'"},
    Description{"scheme", R"("http" or "https")"},
    Description{"port", "a whole number from 1 to 65535"},
    Description{"callback", "a name, or a list of one name or more"},
    Description{"id", "a string that is not empty, or a whole number"},
    Description{"method", "an HTTP method other than CONNECT"},
    Description{"headers", "an object of field names and values"},
    Description{"body", "a string"},
    Description{"body_file", "a file name"},
    Description{"timeout", duration},
    Description{"connect_timeout", duration},
    Description{"retry", count},
    Description{"max_redirs", count},
    Description{"max_filesize", R"(a number of bytes above zero such as 5000000, "500k" or "64M")"},
    Description{"proxy", "the URL of a proxy, or \"\" for none"},
    Description{"insecure", "true or false"},
    Description{"charset", "the name of an encoding"},
    Description{"output", "a file name"},
    Description{"key", "a string that is not empty"},
    Description{"meta", "any JSON"},
};
static_assert(descriptions.size() == job_field_count);

constexpr std::string_view callback_alias = "backcall";

}  // namespace

std::string why_unknown(std::string_view name) {
  if (name == "jobs" || name == "defaults") {
    return "field \"" + std::string(name) + "\" must be the first of an object around the whole list, not in a job";
  }
  std::array<std::string_view, descriptions.size() + 1> known{callback_alias};
  std::ranges::transform(descriptions, known.begin() + 1, &Description::name);
  std::string message = "unknown field \"" + shown_piece(name) + "\"";
  if (const std::string_view nearest = nearest_name(name, known); !nearest.empty()) {
    return message + "; did you mean \"" + std::string(nearest) + "\"?";
  }
  message += "; known are";
  for (const Description& field : descriptions) message.append(" ").append(field.name);
  return message;
}

std::optional<JobField> find_job_field(std::string_view name) noexcept {
  for (std::size_t i = 0; i < descriptions.size(); ++i) {
    if (descriptions[i].name == name) return static_cast<JobField>(i);
  }
  if (name == callback_alias) return JobField::callback;
  return std::nullopt;
}

std::string_view name(JobField field) noexcept { return descriptions[static_cast<std::size_t>(field)].name; }

std::string_view values(JobField field) noexcept { return descriptions[static_cast<std::size_t>(field)].values; }

}  // namespace nbcrawl

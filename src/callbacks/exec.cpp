#include "callbacks/exec.hpp"

#include "callbacks/builtins.hpp"
#include "charset/encoding.hpp"

namespace nbcrawl {

Result<> check_exec(std::string_view argument) {
  const bool is_blank = argument.find_first_not_of(" \t\n") == std::string_view::npos;
  if (!is_blank && !argument.contains('\0')) return {};
  return std::unexpected(
      Error{.kind = ErrorKind::invalid_job,
            .phase = Phase::job,
            .detail = is_blank ? "it needs a command, such as exec:wc -c" : "the command holds a NUL"});
}

Command make_command(std::string_view line, const Job& job, const Response& response, const Emitter& emitter,
                     PageDecoder& decoder) {
  const std::string_view content_type = response.fields.get("content-type").value_or("");
  std::string_view charset = emitter.charset();
  if (charset.empty()) charset = name(decoder.decode(response.body, response.charset, content_type).encoding);
  Command command{.line = std::string(line)};
  const auto set = [&command](std::string_view variable_name, std::string_view value) {
    // A value can hold no NUL in an environment; what stands behind one would be lost silently, or be another variable.
    std::string& variable = command.environment.emplace_back("NBCRAWL_");
    variable.append(variable_name).append("=").append(value.substr(0, value.find('\0')));
  };
  set("ID", job.id.empty() ? std::to_string(job.index) : job.id);
  set("URL", job.url.href());
  set("URL_EFFECTIVE", response.url.href());
  set("STATUS", std::to_string(response.status));
  set("CONTENT_TYPE", content_type);
  set("CHARSET", charset);
  set("BODY_FILE", emitter.body_file());
  return command;
}

}  // namespace nbcrawl

#include "callbacks/callbacks.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/nearest_name.hpp"
#include "callbacks/builtins.hpp"
#include "callbacks/callback_failure.hpp"
#include "callbacks/exec.hpp"
#include "callbacks/save_template.hpp"

namespace nbcrawl {

namespace {

struct Builtin {
  std::string_view name;
  bool needs_body;
  Result<> (*check)(std::string_view argument);
  Result<> (*run)(const CallbackInput& input, Emitter& emitter);  // null: a command, which takes time
};

constexpr std::array builtins{
    Builtin{.name = "decode", .needs_body = true, .check = &check_decode, .run = &run_decode},
    Builtin{.name = "raw", .needs_body = true, .check = &check_raw, .run = &run_raw},
    Builtin{.name = "headers", .needs_body = false, .check = &check_no_argument, .run = &run_headers},
    Builtin{.name = "save", .needs_body = false, .check = &check_save_template, .run = &run_save},
    Builtin{.name = "links", .needs_body = true, .check = &check_no_argument, .run = &run_links},
    Builtin{.name = "title", .needs_body = true, .check = &check_no_argument, .run = &run_title},
    Builtin{.name = "text", .needs_body = true, .check = &check_no_argument, .run = &run_text},
    Builtin{.name = "json", .needs_body = true, .check = &check_json, .run = &run_json},
    Builtin{.name = "exec", .needs_body = true, .check = &check_exec, .run = nullptr},
    Builtin{.name = "discard", .needs_body = false, .check = &check_no_argument, .run = &run_discard},
};

struct Spec {
  std::string_view name;
  std::string_view argument;
};

Spec split(std::string_view spec) noexcept {
  const std::size_t colon = spec.find(':');
  if (colon == std::string_view::npos) return {.name = spec, .argument = {}};
  return {.name = spec.substr(0, colon), .argument = spec.substr(colon + 1)};
}

const Builtin* find(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(builtins, name, &Builtin::name);
  return found != builtins.end() ? found : nullptr;
}

Error bad_spec(std::string_view spec, std::string_view cause) {
  return {.kind = ErrorKind::invalid_job,
          .phase = Phase::job,
          .detail = "'" + std::string(spec) + "': " + std::string(cause)};
}

std::string no_such_callback(std::string_view name) {
  std::array<std::string_view, builtins.size()> known;
  std::ranges::transform(builtins, known.begin(), &Builtin::name);
  std::string text = "no such callback";
  if (const std::string_view near = nearest_name(name, known); !near.empty())
    return text.append("; did you mean '").append(near).append("'?");
  std::string_view before = "; there are ";
  for (const std::string_view one : known) text.append(std::exchange(before, ", ")).append(one);
  return text;
}

}  // namespace

Result<> Callbacks::check(std::string_view spec) const {
  const auto [name, argument] = split(spec);
  const Builtin* builtin = find(name);
  if (builtin == nullptr) return std::unexpected(bad_spec(spec, no_such_callback(name)));
  if (builtin->run == &run_save && directory_ == nullptr)
    return std::unexpected(bad_spec(spec, "no folder to save in"));
  if (auto good = builtin->check(argument); !good) return std::unexpected(bad_spec(spec, good.error().detail));
  return {};
}

bool Callbacks::names_its_file(std::string_view spec) noexcept {
  const auto [name, argument] = split(spec);
  const Builtin* builtin = find(name);
  return builtin != nullptr && builtin->run == &run_save && !is_default_template(argument);
}

Result<BodyNeed> Callbacks::need(const std::vector<std::string>& specs) const {
  BodyNeed need;
  bool decoded = false;
  for (const std::string& spec : specs) {
    const auto [name, argument] = split(spec);
    const Builtin* builtin = find(name);
    if (builtin == nullptr) continue;
    need.in_memory = need.in_memory || builtin->needs_body;
    const bool coded = builtin->run == &run_raw && !argument.empty();
    need.coded = need.coded || coded;
    const bool saves = builtin->run == &run_save;
    decoded = decoded || saves || (builtin->needs_body && !coded);
    if (saves && need.save_template)
      return std::unexpected(callback_failure("a page is saved once: this job has a second 'save'"));
    if (saves) need.save_template = argument;
  }
  if (need.coded && decoded) {
    return std::unexpected(
        callback_failure("'raw:coded' keeps the content codings that this job's other callbacks need removed"));
  }
  return need;
}

Result<SaveFile> Callbacks::open_save(std::string_view save_template, const Job& job) const {
  return SaveFile::open(*directory_, save_template, job, job.url);
}

Result<std::size_t> Callbacks::run(const std::vector<std::string>& specs, std::size_t first, const Response& response,
                                   SaveFile* saved, Emitter& emitter) {
  for (std::size_t i = first; i < specs.size(); ++i) {
    const auto [name, argument] = split(specs[i]);
    const Builtin* builtin = find(name);
    if (builtin == nullptr) return std::unexpected(bad_spec(specs[i], "no such callback"));
    if (builtin->run == nullptr) return i;
    const CallbackInput input{.response = response, .argument = argument, .decoder = decoder_, .saved = saved};
    if (auto done = builtin->run(input, emitter); !done) return std::unexpected(std::move(done.error()));
  }
  return specs.size();
}

Command Callbacks::command(std::string_view spec, const Job& job, const Response& response, const Emitter& emitter) {
  return make_command(split(spec).argument, job, response, emitter, decoder_);
}

Result<> check_no_argument(std::string_view argument) {
  if (argument.empty()) return {};
  return std::unexpected(Error{.kind = ErrorKind::invalid_job, .phase = Phase::job, .detail = "it takes no argument"});
}

}  // namespace nbcrawl

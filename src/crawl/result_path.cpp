#include "crawl/result_path.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <memory>
#include <utility>

namespace nbcrawl {

namespace {

/// The file of the callback `save`, as the transfer sees it.
class SaveWriter final : public BodyWriter {
 public:
  explicit SaveWriter(SaveFile opened) : file(std::move(opened)) {}
  Result<> write(std::string_view data) override { return file.write(data); }
  SaveFile file;
};

/// The file that plan_body() opened, if it did.
SaveFile* saved_by(BodyWriter* writer) noexcept {
  return writer != nullptr ? &static_cast<SaveWriter*>(writer)->file : nullptr;
}

Error callback_failure(std::string cause) {
  return {.kind = ErrorKind::callback_failed, .phase = Phase::callback, .detail = std::move(cause)};
}

Result<> call(Callback& callback, const Response& response, Emitter& emitter) {
  try {
    callback(response, emitter);
    return {};
  } catch (const std::exception& thrown) {
    return std::unexpected(callback_failure(std::string("the callback threw: ") + thrown.what()));
  } catch (...) {
    return std::unexpected(callback_failure("the callback threw something that is no std::exception"));
  }
}

std::vector<StatusRange> accepted_statuses(const Options& options) {
  if (options.accept.empty() && options.fail_on_status) return {{.first = 100, .last = 399}};
  return options.accept;
}

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text.append(text.empty() ? "" : ",").append(part);
  return text;
}

}  // namespace

ResultPath::ResultPath(Callbacks& callbacks, ResultTargets targets, const Options& options)
    : callbacks_(callbacks),
      default_callbacks_(options.callbacks),
      default_names_(join(options.callbacks)),
      accepted_(accepted_statuses(options)),
      files_(targets.files),
      writer_(std::move(targets), options.limits) {}

const std::vector<std::string>& ResultPath::callbacks_of(const Job& job) const noexcept {
  return job.callbacks.empty() ? default_callbacks_ : job.callbacks;
}

bool ResultPath::is_refused(const Response& response) const noexcept {
  const auto holds = [status = response.status](StatusRange range) {
    return range.first <= status && status <= range.last;
  };
  return !accepted_.empty() && std::ranges::none_of(accepted_, holds);
}

Result<> ResultPath::plan_body(Transfer& transfer) {
  const Job& job = transfer.job();
  BodyPlan& plan = transfer.body_plan();
  if (is_refused(transfer.response())) {
    plan.in_memory = false;
    plan.is_of_use = false;
    return {};
  }
  if (job.callback) return {};
  const auto need = callbacks_.need(callbacks_of(job));
  if (!need) return std::unexpected(need.error());
  plan.in_memory = need->in_memory;
  plan.keep_coded = need->coded;
  if (!need->save_template) return {};
  auto file = callbacks_.open_save(*need->save_template, job);
  if (!file) {
    Error& error = file.error();
    if (error.sys_errno == EMFILE || error.sys_errno == ENFILE) error.kind = ErrorKind::out_of_descriptors;
    return std::unexpected(std::move(error));
  }
  plan.writer = std::make_unique<SaveWriter>(std::move(*file));
  return {};
}

void ResultPath::take(Transfer& transfer, Result<> outcome) {
  const FinishedJob finished{.job = transfer.job(),
                             .response = transfer.response(),
                             .exchange = transfer.exchange(),
                             .saved = saved_by(transfer.body_plan().writer.get())};
  Emitter emitter;
  if (outcome) outcome = run_callbacks(finished, emitter);
  if (outcome && files_ != nullptr) outcome = files_->store(finished.job, emitter.result(), emitter.body_file());
  write(finished, emitter, outcome);
}

void ResultPath::take(const BadJob& bad) { writer_.write({.index = bad.index, .error = &bad.error}); }

Result<> ResultPath::run_callbacks(const FinishedJob& finished, Emitter& emitter) {
  const Response& response = finished.response;
  if (is_refused(response)) {
    return std::unexpected(
        Error{.kind = ErrorKind::http_status,
              .phase = Phase::response,
              .detail = std::string(response.url.authority()) + " answered " + std::to_string(response.status)});
  }
  Callback& own = finished.job.callback;
  auto done = own ? call(own, response, emitter)
                  : callbacks_.run(callbacks_of(finished.job), response, finished.saved, emitter);
  if (done && emitter.failed()) return std::unexpected(callback_failure(emitter.failure()));
  return done;
}

void ResultPath::write(const FinishedJob& finished, const Emitter& emitter, const Result<>& outcome) {
  const Job& job = finished.job;
  const std::string own_names = job.callbacks.size() > 1 ? join(job.callbacks) : std::string();
  std::string_view names = default_names_;
  if (job.callback) {
    names = {};
  } else if (!job.callbacks.empty()) {
    names = job.callbacks.size() == 1 ? job.callbacks.front() : own_names;
  }
  writer_.write({.job = &job,
                 .index = job.index,
                 .response = finished.response.status != 0 ? &finished.response : nullptr,
                 .error = outcome ? nullptr : &outcome.error(),
                 .exchange = &finished.exchange,
                 .body = outcome ? emitter.result() : std::string_view{},
                 .body_file = emitter.body_file(),
                 .charset = emitter.charset(),
                 .charset_source = emitter.charset_source(),
                 .callback = names});
}

}  // namespace nbcrawl

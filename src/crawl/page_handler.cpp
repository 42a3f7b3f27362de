#include "crawl/page_handler.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <memory>
#include <utility>

#include "base/descriptor_shortage.hpp"
#include "callbacks/callback_failure.hpp"

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

}  // namespace

PageHandler::PageHandler(Callbacks& callbacks, const Options& options)
    : callbacks_(callbacks), default_callbacks_(options.callbacks), accepted_(accepted_statuses(options)) {
  const auto need = callbacks_.need(default_callbacks_);
  default_saves_ = need && need->save_template;
}

FinishedJob PageHandler::finished(Transfer& transfer) noexcept {
  return {.job = transfer.job(),
          .response = transfer.response,
          .exchange = transfer.exchange,
          .saved = saved_by(transfer.body_plan.writer.get())};
}

FinishedJob PageHandler::finished(Page& page) noexcept {
  return {.job = page.attempt.job,
          .response = page.response,
          .exchange = page.exchange,
          .saved = saved_by(page.writer.get())};
}

const std::vector<std::string>& PageHandler::callbacks_of(const Job& job) const noexcept {
  return job.callbacks.empty() ? default_callbacks_ : job.callbacks;
}

std::optional<std::string_view> PageHandler::save_template_of(const Job& job) const {
  if (job.callback || (job.callbacks.empty() && !default_saves_)) return std::nullopt;
  const auto need = callbacks_.need(callbacks_of(job));
  return need ? need->save_template : std::nullopt;
}

bool PageHandler::is_refused(const Response& response) const noexcept {
  const auto holds = [status = response.status](StatusRange range) {
    return range.first <= status && status <= range.last;
  };
  return !accepted_.empty() && std::ranges::none_of(accepted_, holds);
}

Result<> PageHandler::plan_body(Transfer& transfer, bool goes_on) const {
  const Job& job = transfer.job();
  BodyPlan& plan = transfer.body_plan;
  if (goes_on || is_refused(transfer.response)) {
    plan.in_memory = false;
    plan.is_of_use = false;
    return {};
  }
  if (job.callback) return {};
  const auto need = callbacks_.need(callbacks_of(job));
  if (!need) return std::unexpected(need.error());
  plan.in_memory = need->in_memory;
  plan.keep_coded = need->coded;
  const auto& save_template = need->save_template;
  if (!save_template) return {};
  auto file = callbacks_.open_save(*save_template, job);
  if (!file) {
    Error& error = file.error();
    if (is_descriptor_shortage(error.sys_errno)) error.kind = ErrorKind::out_of_descriptors;
    return std::unexpected(std::move(error));
  }
  plan.writer = std::make_unique<SaveWriter>(std::move(*file));
  return {};
}

Result<std::size_t> PageHandler::run_callbacks(const FinishedJob& finished, std::size_t first, Emitter& emitter) {
  const Response& response = finished.response;
  if (is_refused(response)) {
    return std::unexpected(
        Error{.kind = ErrorKind::http_status,
              .phase = Phase::response,
              .detail = std::string(response.url.authority()) + " answered " + std::to_string(response.status)});
  }
  const std::vector<std::string>& named = callbacks_of(finished.job);
  Result<std::size_t> reached = named.size();
  if (Callback& own = finished.job.callback) {
    if (auto done = call(own, response, emitter); !done) return std::unexpected(std::move(done.error()));
  } else {
    reached = callbacks_.run(named, first, response, finished.saved, emitter);
  }
  if (reached && emitter.failed()) return std::unexpected(callback_failure(emitter.failure()));
  return reached;
}

Command PageHandler::command(const Page& page) {
  const Job& job = page.attempt.job;
  return callbacks_.command(callbacks_of(job)[page.callback], job, page.response, page.emitter);
}

}  // namespace nbcrawl

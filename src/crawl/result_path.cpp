#include "crawl/result_path.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <memory>
#include <utility>

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

/// Takes a job out of its transfer, which is free then.
std::unique_ptr<Page> leave(Transfer& transfer, Emitter emitter, std::size_t callback) {
  emitter.bytes({});  // what it has borrowed becomes its own: a short body moves with its string
  return std::make_unique<Page>(Page{.job = std::move(transfer.job()),
                                     .response = std::move(transfer.response()),
                                     .exchange = transfer.exchange(),
                                     .writer = std::move(transfer.body_plan().writer),
                                     .emitter = std::move(emitter),
                                     .callback = callback});
}

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text.append(text.empty() ? "" : ",").append(part);
  return text;
}

}  // namespace

ResultPath::ResultPath(EventLoop& loop, Log& log, Callbacks& callbacks, ResultTargets targets, const Options& options)
    : callbacks_(callbacks),
      default_callbacks_(options.callbacks),
      default_names_(join(options.callbacks)),
      accepted_(accepted_statuses(options)),
      files_(targets.files),
      limits_(options.limits),
      writer_(std::move(targets), options.limits),
      commands_(loop, log, options, [this](std::unique_ptr<Page> page, Result<std::string> output) {
        on_command_done(std::move(page), std::move(output));
      }) {}

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
  if (!outcome) return write(finished, emitter, outcome);
  const auto reached = run_callbacks(finished, 0, emitter);
  if (!reached) return write(finished, emitter, std::unexpected(reached.error()));
  if (*reached < callbacks_of(finished.job).size()) return run_command(leave(transfer, std::move(emitter), *reached));
  complete(finished, emitter);
}

void ResultPath::take(const BadJob& bad) { writer_.write({.index = bad.index, .error = &bad.error}); }

void ResultPath::run_command(std::unique_ptr<Page> page) {
  const std::string& spec = callbacks_of(page->job)[page->callback];
  Command command = callbacks_.command(spec, page->job, page->response, page->emitter);
  commands_.add(std::move(page), std::move(command));
}

void ResultPath::on_command_done(std::unique_ptr<Page> page, Result<std::string> output) {
  const FinishedJob finished{
      .job = page->job, .response = page->response, .exchange = page->exchange, .saved = saved_by(page->writer.get())};
  if (!output) return write(finished, page->emitter, std::unexpected(std::move(output.error())));
  page->emitter.bytes(*output);
  const auto reached = run_callbacks(finished, page->callback + 1, page->emitter);
  if (!reached) return write(finished, page->emitter, std::unexpected(reached.error()));
  page->callback = *reached;
  if (*reached < callbacks_of(finished.job).size()) return run_command(std::move(page));
  complete(finished, page->emitter);
}

void ResultPath::advance(bool transfers_under_way) {
  // A command that ends adds to what a slow reader has not read.
  if (!writer_.is_congested()) commands_.start_waiting(transfers_under_way);
}

bool ResultPath::takes_more() const noexcept {
  return commands_.waiting() < limits_.max_waiting_pages && !commands_.is_starved();
}

bool ResultPath::is_congested() noexcept {
  return writer_.is_congested() || commands_.memory_bytes() > limits_.max_waiting_page_bytes;
}

/// Runs the job's callbacks from number `first` on, up to one that is a command. Returns how far it came.
Result<std::size_t> ResultPath::run_callbacks(const FinishedJob& finished, std::size_t first, Emitter& emitter) {
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

/// All callbacks have run.
void ResultPath::complete(const FinishedJob& finished, const Emitter& emitter) {
  Result<> stored;
  if (files_ != nullptr) stored = files_->store(finished.job, emitter.result(), emitter.body_file());
  write(finished, emitter, stored);
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

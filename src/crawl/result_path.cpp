#include "crawl/result_path.hpp"

#include <memory>
#include <utility>

namespace nbcrawl {

namespace {

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text.append(text.empty() ? "" : ",").append(part);
  return text;
}

}  // namespace

ResultPath::ResultPath(EventLoop& loop, Log& log, PageHandler& handler, ResultTargets targets, const Options& options)
    : handler_(handler),
      default_names_(join(options.callbacks)),
      files_(targets.files),
      limits_(options.limits),
      writer_(std::move(targets), options.limits),
      commands_(loop, log, options, [this](std::unique_ptr<Page> page, Result<std::string> output) {
        on_command_done(std::move(page), std::move(output));
      }) {}

void ResultPath::take(Transfer& transfer, Result<> outcome) {
  const FinishedJob finished = PageHandler::finished(transfer);
  Emitter emitter;
  if (!outcome) return write(finished, emitter, outcome);
  const auto reached = handler_.run_callbacks(finished, 0, emitter);
  if (!reached) return write(finished, emitter, std::unexpected(reached.error()));
  if (*reached == handler_.callbacks_of(finished.job).size()) return complete(finished, emitter);
  emitter.bytes({});  // what it has borrowed becomes its own before the response moves: a short body moves its bytes
  auto page = Page::take(transfer);
  page->emitter = std::move(emitter);
  page->callback = *reached;
  run_command(std::move(page));
}

void ResultPath::take(std::unique_ptr<Page> page, Result<> outcome) {
  if (!outcome) return write(PageHandler::finished(*page), page->emitter, outcome);
  go_on(std::move(page));
}

void ResultPath::take(const BadJob& bad) {
  writer_.write({.job = bad.job ? &*bad.job : nullptr, .index = bad.index, .error = &bad.error});
}

void ResultPath::run_command(std::unique_ptr<Page> page) {
  if (aborted_) return write(PageHandler::finished(*page), page->emitter, std::unexpected(*aborted_));
  Command command = handler_.command(*page);
  commands_.add(std::move(page), std::move(command));
}

void ResultPath::on_command_done(std::unique_ptr<Page> page, Result<std::string> output) {
  if (!output) return write(PageHandler::finished(*page), page->emitter, std::unexpected(std::move(output.error())));
  page->emitter.bytes(*output);
  ++page->callback;
  go_on(std::move(page));
}

/// Runs the callbacks that have not run.
void ResultPath::go_on(std::unique_ptr<Page> page) {
  const FinishedJob finished = PageHandler::finished(*page);
  const auto reached = handler_.run_callbacks(finished, page->callback, page->emitter);
  if (!reached) return write(finished, page->emitter, std::unexpected(reached.error()));
  page->callback = *reached;
  if (*reached < handler_.callbacks_of(finished.job).size()) return run_command(std::move(page));
  complete(finished, page->emitter);
}

void ResultPath::advance(const CommandPool::MakeRoom& make_room) {
  // A command that ends adds to what a slow reader has not read.
  if (!writer_.is_congested()) commands_.start_waiting(make_room);
}

bool ResultPath::takes_more() const noexcept {
  return commands_.waiting() < limits_.max_waiting_pages && !commands_.is_starved();
}

bool ResultPath::is_congested() noexcept {
  return writer_.is_congested() || commands_.memory_bytes() > limits_.max_waiting_page_bytes;
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

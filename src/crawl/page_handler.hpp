#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callbacks/callbacks.hpp"
#include "crawl/page.hpp"
#include "fetch/transfer.hpp"
#include "nbcrawl/options.hpp"

namespace nbcrawl {

/// A job whose last response, or failure, is there. Borrowed from whoever holds it.
struct FinishedJob {
  Job& job;
  const Response& response;
  const Exchange& exchange;
  SaveFile* saved;  ///< of the callback `save`; null: none
};

/// What is done with a response where it arrives: is its status accepted, what is its body needed for, what do the
/// job's callbacks make of it. Used by one thread at a time.
class PageHandler {
 public:
  /// The callbacks are borrowed.
  PageHandler(Callbacks& callbacks, const Options& options);

  /// The head of a response is there: decides what its body is needed for. `goes_on`: for nothing, since another
  /// request of the job follows. Errors: output_failed, out_of_descriptors, callback_failed.
  Result<> plan_body(Transfer& transfer, bool goes_on) const;
  /// Runs the job's callbacks from number `first` on, up to one that is a command. Returns how far it came. Errors:
  /// http_status (the status is not accepted), those of the callbacks.
  Result<std::size_t> run_callbacks(const FinishedJob& finished, std::size_t first, Emitter& emitter);
  /// The command whose turn it is.
  Command command(const Page& page);

  [[nodiscard]] const std::vector<std::string>& callbacks_of(const Job& job) const noexcept;
  /// Where the callback `save` puts the job's page; nullopt: the job has none.
  [[nodiscard]] std::optional<std::string_view> save_template_of(const Job& job) const;

  [[nodiscard]] static FinishedJob finished(Transfer& transfer) noexcept;
  [[nodiscard]] static FinishedJob finished(Page& page) noexcept;

 private:
  [[nodiscard]] bool is_refused(const Response& response) const noexcept;

  Callbacks& callbacks_;
  std::vector<std::string> default_callbacks_;
  bool default_saves_ = false;         // `save` is among them
  std::vector<StatusRange> accepted_;  // statuses that are no failure; empty: all
};

}  // namespace nbcrawl

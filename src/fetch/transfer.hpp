#pragma once

#include <memory>
#include <string_view>

#include "base/attempt.hpp"
#include "nbcrawl/record.hpp"

namespace nbcrawl {

/// Where a body goes that should not wait in memory. Owned by its transfer.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  virtual Result<> write(std::string_view data) = 0;
};

/// What the callbacks of a job need of the body, decided when the head is there.
struct BodyPlan {
  bool in_memory = true;               ///< collect it in Response::body
  bool keep_coded = false;             ///< leave its content codings on
  bool is_of_use = true;               ///< false: it is read past, coded as it is, to keep the connection
  std::unique_ptr<BodyWriter> writer;  ///< also hand it here as it arrives; null: nowhere
};

/// One job on its way, as its observer sees it: what is asked for, and what has come so far. Owned by the fetcher; when
/// it is done the observer may take out what it needs.
struct Transfer {
  Attempt attempt;
  Response response;
  Exchange exchange;
  BodyPlan body_plan;
  TimeSpent spent;  ///< when it is done: by the job since its first request began

  [[nodiscard]] const Job& job() const noexcept { return attempt.job; }
  [[nodiscard]] Job& job() noexcept { return attempt.job; }
  /// Of the request: the job's own, or where redirects led.
  [[nodiscard]] const Url& url() const noexcept { return attempt.url(); }
};

}  // namespace nbcrawl

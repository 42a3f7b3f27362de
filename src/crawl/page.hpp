#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "base/attempt.hpp"
#include "fetch/transfer.hpp"
#include "nbcrawl/callback.hpp"
#include "nbcrawl/record.hpp"

namespace nbcrawl {

/// A job whose response has left its transfer, because one of its callbacks takes time or another thread goes on with
/// it. Pinned in memory: its emitter and its command refer to the response.
struct Page {
  Attempt attempt;
  Response response;
  Exchange exchange;
  std::unique_ptr<BodyWriter> writer;  ///< of the callback `save`; null: none
  TimeSpent spent;
  Emitter emitter = {};
  std::size_t callback = 0;  ///< whose turn it is

  /// Takes a job out of its transfer, which is free then.
  static std::unique_ptr<Page> take(Transfer& transfer) {
    return std::make_unique<Page>(Page{.attempt = std::move(transfer.attempt),
                                       .response = std::move(transfer.response),
                                       .exchange = transfer.exchange,
                                       .writer = std::move(transfer.body_plan.writer),
                                       .spent = transfer.spent});
  }

  /// Of a job that waits to be tried again, and has no response now.
  static std::unique_ptr<Page> of(Attempt attempt) {
    Exchange exchange = attempt.progress != nullptr ? attempt.progress->exchange : Exchange();
    return std::make_unique<Page>(Page{
        .attempt = std::move(attempt), .response = {}, .exchange = std::move(exchange), .writer = {}, .emitter = {}});
  }

  /// What it takes, near enough.
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    constexpr std::size_t around_the_body = 2048;
    return response.body.capacity() + emitter.result().size() + around_the_body;
  }
};

}  // namespace nbcrawl

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "content/content_decoder.hpp"
#include "fetch/body_memory.hpp"
#include "fetch/reusable_memory.hpp"
#include "fetch/transfer.hpp"
#include "fetch/transfer_clock.hpp"

namespace nbcrawl {

/// The body of a transfer's response, on its way to where the transfer's plan wants it: its content codings are
/// removed, its size and the time of decoding are held to their limits. It counts in Exchange::received_bytes and
/// Response::body_bytes.
class ResponseBody final : private ContentReceiver {
 public:
  /// They must outlive it. `waiter` is told when allowance() has changed from 0.
  ResponseBody(Transfer& transfer, const TransferClock& clock, ReusableMemory& memory, BodyMemory& body_memory,
               BodyMemory::Part::Waiter& waiter) noexcept
      : transfer_(transfer), clock_(clock), memory_(memory), held_(body_memory, waiter) {}

  /// The head is there, and the plan is made. `announced_bytes`: 0 where it is not known. Errors: bad_encoding,
  /// body_too_large.
  Result<> begin(std::uint64_t max_bytes, std::uint64_t announced_bytes);
  /// Bytes, as they are sent, for which the memory of all bodies has room now.
  [[nodiscard]] std::size_t allowance();
  /// Whether it is without room because it hardly grew when it had some.
  [[nodiscard]] bool was_slow() const noexcept { return held_.was_slow(); }
  /// The next bytes, as they were sent. Errors: body_too_large, bad_encoding, timeout (of decoding), the writer's.
  Result<> add(std::string_view data);
  /// Room for bytes that are read straight to where they belong; empty where they must go through add(). It must be
  /// committed with as many bytes as came.
  std::span<char> room(std::uint64_t wanted);
  Result<> commit(std::span<char> room, std::size_t bytes);
  /// Whether the first bytes, none having come yet, may be handed over in memory of their own.
  [[nodiscard]] bool takes_first() const noexcept {
    return transfer_.body_plan.in_memory && !decoder_ && transfer_.exchange.received_bytes == 0;
  }
  Result<> take_first(std::string& bytes);
  /// There is no more. Error: bad_encoding, where what its content codings promised is not there.
  [[nodiscard]] Result<> end() const;
  /// Not where the body is of no use, and what is left of it more than a connection costs.
  [[nodiscard]] bool wants_rest() const noexcept { return !leaves_early_; }
  /// Done with: memory is given back.
  void clear();

 private:
  Result<> on_content(std::string_view data) override;
  /// Bytes as they were sent.
  Result<> count(std::uint64_t bytes);
  [[nodiscard]] std::unexpected<Error> too_large() const;
  /// Bytes without content codings.
  Result<> keep(std::string_view data);

  Transfer& transfer_;
  const TransferClock& clock_;
  ReusableMemory& memory_;
  BodyMemory::Part held_;
  std::optional<ContentDecoder> decoder_;  // where the body has content codings
  std::uint64_t max_bytes_ = 0;
  bool has_begun_ = false;
  bool leaves_early_ = false;
};

}  // namespace nbcrawl

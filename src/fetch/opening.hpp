#pragma once

#include <vector>

#include "fetch/connector.hpp"

namespace nbcrawl {

struct Destination;
class Fetcher;
class Transfer;

/// A connection being made, and the transfers that wait for it. Owned by its destination.
class Opening final : private Connector::Observer {
 public:
  Opening(Fetcher& fetcher, Destination& destination);

  void start() { connector_.start(); }
  /// Has a transfer wait; it follows the steps from the one under way.
  void join(Transfer& transfer);
  void leave(Transfer& transfer);
  /// The one that has waited longest waits no more. Null: nobody waits.
  Transfer* pop();

  [[nodiscard]] Destination& destination() const noexcept { return destination_; }
  [[nodiscard]] bool is_abandoned() const noexcept { return waiting_.empty(); }

 private:
  void on_step(ConnectStep step) override;
  void on_done(Result<Connected> result) override;

  Fetcher& fetcher_;
  Destination& destination_;
  std::vector<Transfer*> waiting_;
  ConnectStep step_ = ConnectStep::resolving;
  Connector connector_;
};

}  // namespace nbcrawl

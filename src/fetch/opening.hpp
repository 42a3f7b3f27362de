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
  /// A transfer gives up.
  void leave(Transfer& transfer);
  /// The one that has waited longest waits no more. Null: nobody waits.
  Transfer* pop();

  [[nodiscard]] Destination& destination() const noexcept { return destination_; }
  [[nodiscard]] bool is_abandoned() const noexcept { return waiting_.empty(); }
  /// Whether others may join: not where one has waited long enough to give up.
  [[nodiscard]] bool takes_more() const noexcept { return !was_left_; }

 private:
  void on_step(ConnectStep step) override;
  void on_done(Result<Connected> result) override;

  Fetcher& fetcher_;
  Destination& destination_;
  std::vector<Transfer*> waiting_;
  bool was_left_ = false;
  ConnectStep step_ = ConnectStep::resolving;
  Connector connector_;
};

}  // namespace nbcrawl

#pragma once

#include <utility>
#include <vector>

#include "fetch/active_transfer.hpp"
#include "fetch/connector.hpp"

namespace nbcrawl {

struct Destination;

/// A connection being made, and the transfers that wait for it. Owned by its destination.
class Opening final : private Connector::Observer {
 public:
  class Observer {
   public:
    virtual ~Observer() = default;
    /// It is done with: take it out of its destination, hand it to EventLoop::retire(), and see to those that wait.
    virtual void on_opened(Opening& opening, Result<Connected> connected) = 0;
  };

  Opening(const ConnectorParts& parts, Destination& destination, Observer& observer);

  void start() { connector_.start(); }
  /// Has a transfer wait; it follows the steps from the one under way.
  void join(ActiveTransfer& transfer);
  /// A transfer gives up.
  void leave(ActiveTransfer& transfer);
  /// The one that has waited longest waits no more. Null: nobody waits.
  ActiveTransfer* pop();

  [[nodiscard]] Destination& destination() const noexcept { return destination_; }
  [[nodiscard]] bool is_abandoned() const noexcept { return waiting_.empty(); }
  /// Whether others may join: not where one has waited long enough to give up.
  [[nodiscard]] bool takes_more() const noexcept { return !was_left_; }

 private:
  void on_step(ConnectStep step) override;
  void on_done(Result<Connected> result) override { observer_.on_opened(*this, std::move(result)); }

  Destination& destination_;
  Observer& observer_;
  std::vector<ActiveTransfer*> waiting_;
  bool was_left_ = false;
  ConnectStep step_ = ConnectStep::resolving;
  Connector connector_;
};

}  // namespace nbcrawl

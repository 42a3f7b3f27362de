#include "fetch/opening.hpp"

#include <utility>

#include "fetch/destination.hpp"
#include "fetch/fetcher.hpp"

namespace nbcrawl {

namespace {

TransferState state_of(ConnectStep step) noexcept {
  switch (step) {
    case ConnectStep::resolving: return TransferState::resolving;
    case ConnectStep::connecting: return TransferState::connecting;
    case ConnectStep::handshaking: break;
  }
  return TransferState::handshaking;
}

}  // namespace

Opening::Opening(Fetcher& fetcher, Destination& destination)
    : fetcher_(fetcher),
      destination_(destination),
      connector_(fetcher.connector_parts_, destination.route, destination.version, *this) {}

void Opening::join(Transfer& transfer) {
  waiting_.push_back(&transfer);
  transfer.opening_ = this;
  transfer.enter(state_of(step_));
}

void Opening::leave(Transfer& transfer) {
  std::erase(waiting_, &transfer);
  transfer.opening_ = nullptr;
  was_left_ = true;
}

Transfer* Opening::pop() {
  if (waiting_.empty()) return nullptr;
  Transfer* first = waiting_.front();
  waiting_.erase(waiting_.begin());
  first->opening_ = nullptr;
  return first;
}

void Opening::on_step(ConnectStep step) {
  if (step == std::exchange(step_, step)) return;
  for (Transfer* transfer : waiting_) transfer->enter(state_of(step));
}

void Opening::on_done(Result<Connected> result) { fetcher_.on_opened(*this, std::move(result)); }

}  // namespace nbcrawl

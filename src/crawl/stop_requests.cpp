#include "crawl/stop_requests.hpp"

#include "crawl/run.hpp"

namespace nbcrawl {

void StopRequests::add() {
  const std::lock_guard lock(mutex_);
  if (listener_ != nullptr) return listener_->pass_on();
  ++waiting_;
}

StopRequests::Listener::Listener(StopRequests& requests, Mailbox& inbox, Run& run)
    : requests_(requests), inbox_(inbox), run_(run) {
  const std::lock_guard lock(requests_.mutex_);
  requests_.listener_ = this;
  // Not by the loop, which the run asks only when it has started its first jobs.
  for (; requests_.waiting_ > 0; --requests_.waiting_) run_.stop();
}

StopRequests::Listener::~Listener() {
  const std::lock_guard lock(requests_.mutex_);
  requests_.listener_ = nullptr;
}

void StopRequests::Listener::pass_on() {
  inbox_.post([this] { run_.stop(); });
}

}  // namespace nbcrawl

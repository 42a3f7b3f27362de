#pragma once

#include <mutex>

#include "io/mailbox.hpp"

namespace nbcrawl {

class Run;

/// How a program stops a run from any thread, whether it has begun or not.
class StopRequests {
 public:
  /// One more. The run under way hears of it on its own thread; where there is none, the next one begins with it.
  void add();

  /// Leads the requests to a run until it goes. Those that wait stop it at once, before it has begun.
  class Listener {
   public:
    /// All of it is borrowed. One at a time, on the run's thread.
    Listener(StopRequests& requests, Mailbox& inbox, Run& run);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

   private:
    friend class StopRequests;
    void pass_on();

    StopRequests& requests_;
    Mailbox& inbox_;
    Run& run_;
  };

 private:
  std::mutex mutex_;
  int waiting_ = 0;               // held by mutex_, as what follows
  Listener* listener_ = nullptr;  // null: no run is under way
};

}  // namespace nbcrawl

#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include "base/unique_fd.hpp"
#include "unit/net/listener.hpp"
#include "unit/net/socket_pair.hpp"

namespace nbcrawl {

/// An HTTP server on a thread of its own, over any number of connections at once. What it does depends on the path:
/// /close closes the connection after the response, /hang-up without one, /silent says nothing, /half sends half of
/// 200,000 bytes and /whole all of them; any other is answered with itself, and the connection kept.
class ScriptedSite {
 public:
  ScriptedSite() : thread_([this] { serve(); }) {}
  ~ScriptedSite() {
    stop_.ours.reset();
    thread_.join();
  }
  ScriptedSite(const ScriptedSite&) = delete;
  ScriptedSite& operator=(const ScriptedSite&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return listener_.address.port(); }
  [[nodiscard]] std::string url(const std::string& path, const std::string& host = "127.0.0.1") const {
    return "http://" + host + ":" + std::to_string(port()) + path;
  }
  /// Connections so far.
  [[nodiscard]] int accepted() const noexcept { return accepted_; }
  /// Has it close all its connections.
  void hang_up() const { ::send(stop_.ours.get(), "x", 1, MSG_NOSIGNAL); }

 private:
  void serve();
  /// False: the connection is done with.
  static bool answer(int client);

  Listener listener_;
  SocketPair stop_;
  std::atomic<int> accepted_ = 0;
  std::thread thread_;
};

}  // namespace nbcrawl

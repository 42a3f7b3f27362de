#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tls/openssl_pointers.hpp"

namespace nbcrawl {

/// The latest session of each origin, so that the next handshake with it is a short one. Bounded: where it is full, any
/// one gives way, which costs a full handshake.
class SessionCache {
 public:
  static constexpr std::size_t max_sessions = 4096;

  void put(const std::string& origin, SslSessionPtr session) {
    if (sessions_.size() >= max_sessions && !sessions_.contains(origin)) sessions_.erase(sessions_.begin());
    sessions_.insert_or_assign(origin, std::move(session));
  }

  [[nodiscard]] bool contains(const std::string& origin) const noexcept { return sessions_.contains(origin); }

  /// Borrowed; null: there is none that can be resumed.
  [[nodiscard]] SSL_SESSION* find(const std::string& origin) const noexcept {
    const auto found = sessions_.find(origin);
    return found != sessions_.end() && SSL_SESSION_is_resumable(found->second.get()) == 1 ? found->second.get()
                                                                                          : nullptr;
  }

 private:
  std::unordered_map<std::string, SslSessionPtr> sessions_;
};

}  // namespace nbcrawl

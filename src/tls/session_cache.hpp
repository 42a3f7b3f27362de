#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/keyed_hash.hpp"
#include "tls/openssl_pointers.hpp"

namespace nbcrawl {

/// The latest session of each origin, so that the next handshake with it is a short one. Bounded in number and, since
/// each holds the certificates that its server has presented, in memory: where it is full, any one gives way, which
/// costs a full handshake. Each TlsContext has one: each thread, and again for insecure jobs.
///
/// There are servers that give sessions and resume none. To offer one costs both sides for nothing: where that many in
/// a row were refused, no more are offered.
class SessionCache {
 public:
  static constexpr std::size_t max_sessions = 4096;
  static constexpr std::size_t max_bytes = 64 * 1024 * 1024;
  static constexpr int max_refusals = 3;

  /// `bytes`: of memory, about.
  void put(const std::string& origin, SslSessionPtr session, std::size_t bytes) {
    const auto known = sessions_.find(origin);
    const bool is_new = known == sessions_.end();
    if (!is_new && known->second.refusals >= max_refusals) return;
    if (!is_new) set(known->second, nullptr, 0);
    while (!sessions_.empty() && ((is_new && sessions_.size() >= max_sessions) || bytes_ + bytes > max_bytes))
      drop(sessions_.begin());
    set(sessions_[origin], std::move(session), bytes);
  }

  [[nodiscard]] bool contains(const std::string& origin) const noexcept { return sessions_.contains(origin); }

  /// Null: there is none that can be resumed.
  [[nodiscard]] SslSessionPtr find(const std::string& origin) const noexcept {
    const auto found = sessions_.find(origin);
    SSL_SESSION* const session = found != sessions_.end() ? found->second.session.get() : nullptr;
    if (session == nullptr || SSL_SESSION_is_resumable(session) != 1) return nullptr;
    SSL_SESSION_up_ref(session);
    return SslSessionPtr(session);
  }

  /// A handshake is done in which `offered` was offered. Connections made side by side offer the same one: that it was
  /// refused counts once.
  void on_answer(const std::string& origin, const SslSessionPtr& offered, bool was_resumed) noexcept {
    const auto found = sessions_.find(origin);
    if (found == sessions_.end()) return;
    Entry& entry = found->second;
    if (was_resumed) {
      entry.refusals = 0;
    } else if (entry.session == offered) {
      set(entry, nullptr, 0);
      ++entry.refusals;
    }
  }

 private:
  struct Entry {
    SslSessionPtr session;  // null: refused
    std::size_t bytes = 0;
    int refusals = 0;  // in a row
  };
  using Sessions = std::unordered_map<std::string, Entry, KeyedHash>;

  void set(Entry& entry, SslSessionPtr session, std::size_t bytes) noexcept {
    bytes_ += bytes - entry.bytes;
    entry.session = std::move(session);
    entry.bytes = bytes;
  }
  void drop(Sessions::iterator entry) noexcept {
    bytes_ -= entry->second.bytes;
    sessions_.erase(entry);
  }

  Sessions sessions_;
  std::size_t bytes_ = 0;
};

}  // namespace nbcrawl

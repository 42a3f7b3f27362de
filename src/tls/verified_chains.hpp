#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"

namespace nbcrawl {

/// The certificate chains that were found good a short while ago, each for the host it was presented for. A host's
/// connections are opened side by side, before there is a session to resume, and all present the same chain: checking
/// its signatures again would take a sixth of each handshake's time. Belongs to one set of authorities and rules, and
/// is bounded: where it is full, any one gives way, which costs a check.
///
/// That the server holds the certificate's key is proved in each handshake, whatever stands here.
class VerifiedChains {
 public:
  static constexpr std::size_t max_chains = 4096;
  /// A certificate that expires, or an authority's file that is replaced, is noticed this much later at most.
  static constexpr std::chrono::seconds lifetime{60};

  /// What tells one chain, presented for `host`, from any other; empty: it can't be told.
  [[nodiscard]] static std::string key_of(X509_STORE_CTX* presented, const std::string& host);

  [[nodiscard]] bool contains(const std::string& key) const {
    const auto found = chains_.find(key);
    return found != chains_.end() && Clock::now() < found->second;
  }

  void put(const std::string& key) {
    if (chains_.size() >= max_chains && !chains_.contains(key)) chains_.erase(chains_.begin());
    chains_.insert_or_assign(key, Clock::now() + lifetime);
  }

 private:
  std::unordered_map<std::string, TimePoint> chains_;  // until when
};

}  // namespace nbcrawl

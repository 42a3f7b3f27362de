#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/keyed_hash.hpp"
#include "io/event_loop.hpp"
#include "net/ares_channel.hpp"

namespace nbcrawl {

/// `--resolve HOST:PORT:ADDR[,ADDR]`: this name and port mean these addresses, whatever the name servers say.
struct PinnedName {
  std::string host;  ///< lower case; "*" for every host
  std::uint16_t port = 0;
  std::vector<Address> addresses;

  /// Error: invalid_job.
  static Result<PinnedName> parse(std::string_view text);
};

struct ResolverOptions {
  AddressFamily family = AddressFamily::any;
  std::string dns_servers;  ///< comma-separated IP[:PORT]; empty: the system's
  std::vector<PinnedName> pinned;
  std::size_t max_cached_names = 10'000;
  std::chrono::seconds max_ttl{3600};     ///< cap on how long an answer is believed, whatever its TTL
  std::chrono::seconds negative_ttl{10};  ///< how long a name that does not exist is believed not to
};

/// Names to addresses. Answers are cached for their TTL, and look-ups of one name in flight are joined.
class Resolver {
 public:
  /// Errors: those of AresChannel::create().
  static Result<std::unique_ptr<Resolver>> create(EventLoop& loop, ResolverOptions options);

  using OnAnswer = std::move_only_function<void(const Addresses&)>;

  /// A question under way. Destroying it cancels: the callback is not called after that. Must not outlive the Resolver.
  class Query {
   public:
    ~Query();
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

   private:
    friend class Resolver;
    using Waiting = std::list<Query*>;
    Query(Waiting& waiting, OnAnswer on_answer);

    OnAnswer on_answer_;
    Waiting* waiting_;  // null once it was answered
    Waiting::iterator position_;
  };

  /// An answer that is there without asking: an address literal, a pinned name, a cached answer. nullopt: use ask().
  /// The ports of the addresses are `port`.
  [[nodiscard]] std::optional<Addresses> find(std::string_view host, std::uint16_t port);

  /// Asks the name servers. The answer comes from the loop, never from within this call; its ports are 0.
  std::unique_ptr<Query> ask(std::string_view host, OnAnswer on_answer);

 private:
  struct Cached {
    Addresses answer;
    TimePoint expires;
    std::list<std::string>::iterator age;
  };

  Resolver(EventLoop& loop, ResolverOptions options, std::unique_ptr<AresChannel> channel);
  [[nodiscard]] const PinnedName* pinned(std::string_view host, std::uint16_t port) const noexcept;
  void on_answer(const std::string& host, Addresses answer, std::chrono::seconds ttl);
  void remember(const std::string& host, const Addresses& answer, std::chrono::seconds ttl);

  EventLoop& loop_;
  ResolverOptions options_;
  std::list<std::string> by_age_;  // names in the cache, oldest first
  std::unordered_map<std::string, Cached, KeyedHash> cache_;
  std::unordered_map<std::string, Query::Waiting, KeyedHash> asked_;
  std::unique_ptr<AresChannel> channel_;
};

}  // namespace nbcrawl

#include "net/resolver.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/ascii.hpp"

namespace nbcrawl {

namespace {

Error bad_pin(std::string_view text, std::string_view cause) {
  return {.kind = ErrorKind::invalid_job,
          .phase = Phase::resolve,
          .detail = "'" + std::string(text) + "' is not HOST:PORT:ADDRESS[,ADDRESS]: " + std::string(cause)};
}

std::string_view without_brackets(std::string_view text) noexcept {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') return text.substr(1, text.size() - 2);
  return text;
}

bool wanted(const Address& address, AddressFamily family) noexcept {
  return family == AddressFamily::any || (family == AddressFamily::ipv4) == (address.family() == AF_INET);
}

/// What find() answers from: literals and pins still obey -4 and -6.
Addresses of_family(std::vector<Address> addresses, AddressFamily family, std::string_view host) {
  std::erase_if(addresses, [family](const Address& address) { return !wanted(address, family); });
  if (!addresses.empty()) return addresses;
  return std::unexpected(Error{.kind = ErrorKind::dns_not_found,
                               .phase = Phase::resolve,
                               .detail = "host " + std::string(host) + " has no " +
                                         (family == AddressFamily::ipv4 ? "IPv4" : "IPv6") + " address"});
}

}  // namespace

Result<PinnedName> PinnedName::parse(std::string_view text) {
  const bool literal = text.starts_with('[');
  const std::size_t host_end = literal ? text.find("]:") + 1 : text.find(':');
  if (host_end == 0 || host_end >= text.size()) return std::unexpected(bad_pin(text, "no port"));
  const std::size_t port_end = text.find(':', host_end + 1);
  if (port_end == std::string_view::npos) return std::unexpected(bad_pin(text, "no address"));
  PinnedName pin;
  pin.host = to_lower_case(without_brackets(text.substr(0, host_end)));
  if (pin.host.empty()) return std::unexpected(bad_pin(text, "no host"));
  const std::string_view port = text.substr(host_end + 1, port_end - host_end - 1);
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), pin.port);
  if (failed != std::errc() || end != port.data() + port.size() || pin.port == 0) {
    return std::unexpected(bad_pin(text, "the port is not a number from 1 to 65535"));
  }
  std::string_view rest = text.substr(port_end + 1);
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const auto address = Address::parse(without_brackets(rest.substr(0, comma)), pin.port);
    if (!address)
      return std::unexpected(bad_pin(text, "'" + std::string(rest.substr(0, comma)) + "' is not an IP address"));
    pin.addresses.push_back(*address);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  if (pin.addresses.empty()) return std::unexpected(bad_pin(text, "no address"));
  return pin;
}

Resolver::Query::Query(Waiting& waiting, OnAnswer on_answer)
    : on_answer_(std::move(on_answer)), waiting_(&waiting), position_(waiting.insert(waiting.end(), this)) {}

Resolver::Query::~Query() {
  if (waiting_ != nullptr) waiting_->erase(position_);
}

Result<std::unique_ptr<Resolver>> Resolver::create(EventLoop& loop, ResolverOptions options) {
  auto channel = AresChannel::create(loop, options.dns_servers);
  if (!channel) return std::unexpected(std::move(channel.error()));
  return std::unique_ptr<Resolver>(new Resolver(loop, std::move(options), std::move(*channel)));
}

Resolver::Resolver(EventLoop& loop, ResolverOptions options, std::unique_ptr<AresChannel> channel)
    : loop_(loop), options_(std::move(options)), channel_(std::move(channel)) {}

const PinnedName* Resolver::pinned(std::string_view host, std::uint16_t port) const noexcept {
  const auto found = std::find_if(options_.pinned.begin(), options_.pinned.end(), [&](const PinnedName& pin) {
    return pin.port == port && (pin.host == host || pin.host == "*");
  });
  return found != options_.pinned.end() ? &*found : nullptr;
}

std::optional<Addresses> Resolver::find(std::string_view host, std::uint16_t port) {
  if (const PinnedName* pin = pinned(host, port)) return of_family(pin->addresses, options_.family, host);
  if (const auto literal = Address::parse(host, port)) return of_family({*literal}, options_.family, host);
  const auto cached = cache_.find(std::string(host));
  if (cached == cache_.end()) return std::nullopt;
  if (cached->second.expires <= loop_.now()) {
    by_age_.erase(cached->second.age);
    cache_.erase(cached);
    return std::nullopt;
  }
  Addresses answer = cached->second.answer;
  if (answer) {
    for (Address& address : *answer) address.set_port(port);
  }
  return answer;
}

std::unique_ptr<Resolver::Query> Resolver::ask(std::string_view host, OnAnswer on_answer) {
  const std::string name(host);
  const auto [entry, first] = asked_.try_emplace(name);
  std::unique_ptr<Query> query(new Query(entry->second, std::move(on_answer)));
  if (first) {
    channel_->ask(name, options_.family, [this, name](Addresses answer, std::chrono::seconds ttl) {
      this->on_answer(name, std::move(answer), ttl);
    });
  }
  return query;
}

void Resolver::on_answer(const std::string& host, Addresses answer, std::chrono::seconds ttl) {
  remember(host, answer, ttl);
  // The name is free to be asked again before anyone is told: who is told may ask.
  auto node = asked_.extract(host);
  Query::Waiting& waiting = node.mapped();
  while (!waiting.empty()) {  // a callback may destroy other queries, which takes them off this list
    Query& query = *waiting.front();
    waiting.pop_front();
    query.waiting_ = nullptr;
    OnAnswer call = std::move(query.on_answer_);  // it may destroy its query
    call(answer);
  }
}

void Resolver::remember(const std::string& host, const Addresses& answer, std::chrono::seconds ttl) {
  if (answer) {
    ttl = std::min(ttl, options_.max_ttl);
  } else if (answer.error().kind == ErrorKind::dns_not_found) {
    ttl = options_.negative_ttl;
  } else {
    return;  // a failing server may recover: the next job asks again
  }
  if (const auto known = cache_.find(host); known != cache_.end()) {
    by_age_.erase(known->second.age);
    cache_.erase(known);
  }
  if (options_.max_cached_names == 0) return;
  if (cache_.size() >= options_.max_cached_names) {
    cache_.erase(by_age_.front());
    by_age_.pop_front();
  }
  by_age_.push_back(host);
  cache_.emplace(host, Cached{.answer = answer, .expires = loop_.now() + ttl, .age = std::prev(by_age_.end())});
}

}  // namespace nbcrawl

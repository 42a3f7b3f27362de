#include "fetch/fetcher.hpp"

#include <algorithm>
#include <utility>

#include "net/special_address.hpp"

namespace nbcrawl {

namespace {

constexpr std::size_t max_spare_transfers = 256;

Result<> require_public(const Url& url) {
  std::string_view name = url.hostname();
  if (name.ends_with('.')) name.remove_suffix(1);
  auto address = Address::parse(name, url.port());
  // RFC 6761 section 6.3: these names are the loopback's, wherever they are looked up.
  if (name == "localhost" || name.ends_with(".localhost")) address = Address::parse("127.0.0.1", url.port());
  auto allowed = address ? nbcrawl::require_public(*address) : Result<>();
  if (!allowed) allowed.error().detail.insert(0, std::string(url.host()) + ": ");
  return allowed;
}

}  // namespace

Fetcher::Fetcher(EventLoop& loop, Resolver& resolver, FetchObserver& observer, FetchOptions options,
                 RequestWriter request_writer, Log& log)
    : observer_(observer),
      options_(std::move(options)),
      request_writer_(std::move(request_writer)),
      pause_(loop),
      body_memory_(loop, pause_, options_.limits.max_body_memory_bytes, options_.concurrency),
      tls_contexts_(options_.tls),
      parts_{.loop = loop,
             .log = log,
             .options = options_,
             .request_writer = request_writer_,
             .pause = pause_,
             .memory = memory_,
             .body_memory = body_memory_},
      connector_parts_{.loop = loop,
                       .dial = options_.dial,
                       .resolver = resolver,
                       .tls_contexts = tls_contexts_,
                       .reach = options_.deny_private ? Dialer::Reach::public_addresses : Dialer::Reach::all_addresses},
      pool_(parts_) {}

Fetcher::~Fetcher() = default;

void Fetcher::start(Attempt&& attempt) {
  auto proxy = choose_proxy(attempt);
  Entry& entry = add();
  entry.destination = &pool_.join(attempt.url(), is_insecure(attempt), proxy ? *proxy : nullptr);
  entry.transfer.begin(std::move(attempt), entry.destination->route);
  if (!proxy) return entry.transfer.fail_soon(std::move(proxy.error()));
  // No connection is made for what can't be sent.
  if (prepare(entry)) place(entry);
}

Fetcher::Entry& Fetcher::add() {
  ActiveTransfer::Owner& owner = *this;
  if (spare_.empty()) spare_.push_back(std::make_unique<Entry>(parts_, owner));
  active_.push_back(std::move(spare_.back()));
  spare_.pop_back();
  active_.back()->transfer.set_position(active_.size() - 1);
  return *active_.back();
}

Result<const ProxyUrl*> Fetcher::choose_proxy(const Attempt& attempt) {
  const JobOptions* own = attempt.job.options.get();
  auto proxy = options_.proxies.choose(attempt.url(), own != nullptr && own->proxy ? &*own->proxy : nullptr);
  if (!proxy || *proxy == nullptr || !options_.deny_private) return proxy;
  // Names are the proxy's to look up; what names a private address outright is refused here.
  if (auto allowed = require_public(attempt.url()); !allowed) return std::unexpected(std::move(allowed.error()));
  return proxy;
}

bool Fetcher::is_insecure(const Attempt& attempt) const noexcept {
  const JobOptions* own = attempt.job.options.get();
  const bool for_all = options_.tls.insecure;
  return attempt.url().is_https() && (own != nullptr ? own->insecure.value_or(for_all) : for_all);
}

bool Fetcher::prepare(Entry& entry) {
  auto prepared = entry.transfer.prepare();
  if (!prepared) entry.transfer.fail_soon(std::move(prepared.error()));
  return prepared.has_value();
}

void Fetcher::place(Entry& entry) {
  Connection* kept = pool_.lease(*entry.destination);
  kept != nullptr ? carry(entry, *kept, true) : open(entry);
}

void Fetcher::open(Entry& entry) {
  Destination& destination = *entry.destination;
  entry.opening = destination.shared_opening();
  if (entry.opening != nullptr) return entry.opening->join(entry.transfer);
  Opening::Observer& observer = *this;
  destination.openings.push_back(std::make_unique<Opening>(connector_parts_, destination, observer));
  entry.opening = destination.openings.back().get();
  entry.opening->join(entry.transfer);
  entry.opening->start();
}

void Fetcher::on_opened(Opening& opening, Result<Connected> connected) {
  Destination& destination = opening.destination();
  parts_.loop.retire(destination.take(opening));
  if (!connected) return on_not_opened(opening, connected.error());
  // HTTP/1.1 may have been asked for while this one was being made.
  const bool is_of_use = !connected->is_http2 || destination.version != HttpVersion::http1_1;
  if (is_of_use) begin_with(*pop(opening), std::move(*connected));
  while (Entry* entry = pop(opening)) place(*entry);
}

void Fetcher::begin_with(Entry& first, Connected connected) {
  ++first.transfer.transfer().exchange.num_connects;
  auto connection = pool_.add(*first.destination, std::move(connected));
  connection ? carry(first, **connection, false) : fail(first, first.transfer.of_host(std::move(connection.error())));
}

void Fetcher::on_not_opened(Opening& opening, const Error& error) {
  // A kept connection is worth less than a new one that could not be opened for want of a descriptor.
  const bool again = error.kind == ErrorKind::out_of_descriptors && pool_.discard_oldest_idle();
  while (Entry* entry = pop(opening)) again ? open(*entry) : fail(*entry, error);
}

bool Fetcher::discard_idle() {
  bool any = false;
  while (pool_.discard_oldest_idle()) any = true;
  return any;
}

Fetcher::Entry* Fetcher::pop(Opening& opening) noexcept {
  ActiveTransfer* first = opening.pop();
  if (first == nullptr) return nullptr;
  Entry& entry = entry_of(*first);
  entry.opening = nullptr;
  return &entry;
}

void Fetcher::carry(Entry& entry, Connection& connection, bool is_kept) {
  entry.connection = &connection;
  entry.transfer.on_carried(connection, connection.peer(), is_kept);
  connection.carry(entry.transfer);
}

void Fetcher::on_end(ActiveTransfer& transfer, ResponseEnd end) {
  Entry& entry = entry_of(transfer);
  entry.connection = nullptr;
  if (end.outcome) return finish(entry, {});
  if (end.wants_http1) heed_http1_required(entry, end);
  if (!may_send_again(entry, end))
    return finish(entry, std::unexpected(transfer.of_host(std::move(end.outcome.error()))));
  entry.was_sent_again = end.handling != Handling::unsent;  // which is a beginning: another server may refuse it once
  if (!prepare(entry)) return;
  // Other connections that were kept may be as stale.
  entry.destination->protocol == Protocol::http2 ? place(entry) : open(entry);
}

void Fetcher::heed_http1_required(const Entry& entry, ResponseEnd& end) {
  if (options_.http_version == HttpVersion::http2_prior_knowledge) {
    end.outcome.error().detail += "; it wants HTTP/1.1, but HTTP/2 only is to be spoken";
    end.handling = Handling::answered;  // the answer to another request would be the same
    return;
  }
  pool_.require_http1(*entry.destination);
  // The cause is known, and will be gone.
  if (end.handling == Handling::unanswered && is_idempotent(entry.transfer.request().method()))
    end.handling = Handling::untouched;
}

/// Once, on a connection that will do: that is not a failure of the job.
bool Fetcher::may_send_again(const Entry& entry, const ResponseEnd& end) {
  const Error& error = end.outcome.error();
  if (end.handling == Handling::unsent) return true;  // not for ever: each time another transfer has failed before it
  if (entry.was_sent_again && !end.wants_http1) return false;  // that is asked for once: HTTP/1.1 can't ask for it
  if (end.handling == Handling::untouched) return true;
  // The server may close a kept connection at the very moment we use it again (RFC 9112 section 9.3.1).
  return end.handling == Handling::unanswered && entry.transfer.is_on_kept_connection() &&
         (error.kind == ErrorKind::connection_reset || error.kind == ErrorKind::connection_closed) &&
         is_idempotent(entry.transfer.request().method());
}

void Fetcher::on_failed(ActiveTransfer& transfer, Error error) {
  Entry& entry = entry_of(transfer);
  // Before the end is told: those that its connection gives back come before a job that is started then.
  if (entry.connection != nullptr) entry.connection->on_failing(transfer);
  fail(entry, std::move(error));
}

void Fetcher::fail(Entry& entry, Error error) {
  if (Connection* connection = std::exchange(entry.connection, nullptr)) connection->abandon(entry.transfer);
  if (Opening* opening = std::exchange(entry.opening, nullptr)) {
    opening->leave(entry.transfer);
    if (opening->is_abandoned()) entry.destination->take(*opening).reset();
  }
  finish(entry, std::unexpected(std::move(error)));
}

void Fetcher::finish(Entry& entry, Result<> outcome) {
  ActiveTransfer& transfer = entry.transfer;
  transfer.enter(TransferState::done);
  // Out of the table first: the observer may start the next job.
  std::unique_ptr<Entry> taken = take(entry);
  observer_.on_done(transfer.transfer(), std::move(outcome));
  pool_.leave(*entry.destination);
  transfer.clear();
  entry.was_sent_again = false;
  if (spare_.size() < max_spare_transfers) {
    spare_.push_back(std::move(taken));
  } else {
    parts_.loop.retire(std::move(taken));
  }
}

std::unique_ptr<Fetcher::Entry> Fetcher::take(Entry& entry) {
  std::unique_ptr<Entry>& place = active_[entry.transfer.position()];
  std::swap(place, active_.back());
  place->transfer.set_position(entry.transfer.position());
  std::unique_ptr<Entry> taken = std::move(active_.back());
  active_.pop_back();
  return taken;
}

void Fetcher::abort_all(const Error& error) {
  while (!active_.empty()) fail(*active_.back(), error);
}

}  // namespace nbcrawl

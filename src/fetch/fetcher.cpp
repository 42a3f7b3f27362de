#include "fetch/fetcher.hpp"

#include <algorithm>
#include <utility>

#include "fetch/http1_connection.hpp"
#include "fetch/http2_connection.hpp"
#include "net/special_address.hpp"

namespace nbcrawl {

namespace {

constexpr std::size_t read_buffer_bytes = 32 * 1024;
constexpr std::size_t max_spare_transfers = 256;
/// A body's memory is kept for another response up to this size: large bodies would otherwise be mapped and unmapped,
/// page by page, for each one.
constexpr std::size_t max_spare_body_bytes = 512 * 1024;
constexpr std::size_t max_spare_bodies = 16;

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
    : loop_(loop),
      observer_(observer),
      options_(std::move(options)),
      request_writer_(std::move(request_writer)),
      log_(log),
      read_buffer_(read_buffer_bytes),
      tls_contexts_(options_.tls),
      connector_parts_{.loop = loop,
                       .dial = options_.dial,
                       .resolver = resolver,
                       .tls_contexts = tls_contexts_,
                       .reach = options_.deny_private ? Dialer::Reach::public_addresses : Dialer::Reach::all_addresses},
      resumption_(loop.timers(), [this] { resume_connections(); }),
      pool_(loop, options_.limits, options_.http_version) {}

Fetcher::~Fetcher() = default;

std::unique_ptr<Transfer> Fetcher::new_transfer() {
  if (spare_.empty()) return std::make_unique<Transfer>(*this);
  auto transfer = std::move(spare_.back());
  spare_.pop_back();
  return transfer;
}

std::string Fetcher::body_memory() {
  if (spare_bodies_.empty()) return {};
  std::string body = std::move(spare_bodies_.back());
  spare_bodies_.pop_back();
  return body;
}

void Fetcher::keep_body_memory(std::string body) {
  if (body.capacity() > max_spare_body_bytes || spare_bodies_.size() == max_spare_bodies) return;
  body.clear();
  spare_bodies_.push_back(std::move(body));
}

void Fetcher::start(Attempt attempt) {
  active_.push_back(new_transfer());
  Transfer& transfer = *active_.back();
  transfer.position_ = active_.size() - 1;
  transfer.begin(std::move(attempt), options_);
  auto proxy = choose_proxy(transfer);
  transfer.destination_ = &pool_.join(transfer.url(), transfer.insecure(), proxy ? *proxy : nullptr);
  if (!proxy) return transfer.fail_soon(std::move(proxy.error()));
  place(transfer);
}

void Fetcher::place(Transfer& transfer) {
  if (Connection* kept = pool_.lease(*transfer.destination_)) {
    transfer.on_kept_connection_ = true;
    return carry(transfer, *kept);
  }
  // No connection is made for what can't be sent.
  if (auto good = check_request(transfer); !good) return transfer.fail_soon(std::move(good.error()));
  open(transfer);
}

Result<const ProxyUrl*> Fetcher::choose_proxy(const Transfer& transfer) {
  const JobOptions* own = transfer.job().options.get();
  auto proxy = options_.proxies.choose(transfer.url(), own != nullptr && own->proxy ? &*own->proxy : nullptr);
  if (!proxy || *proxy == nullptr || !options_.deny_private) return proxy;
  // Names are the proxy's to look up; what names a private address outright is refused here.
  if (auto allowed = require_public(transfer.url()); !allowed) return std::unexpected(std::move(allowed.error()));
  return proxy;
}

Result<RequestHead> Fetcher::request_of(Transfer& transfer) {
  auto request = transfer.prepare_request();
  const Route& route = transfer.destination_->route;
  if (!request || !route.forwards) return request;
  request->to_proxy = true;
  request->proxy_authorization = route.proxy_authorization;  // through a tunnel the host would see it
  return request;
}

Result<> Fetcher::check_request(Transfer& transfer) {
  auto request = request_of(transfer);
  if (!request) return std::unexpected(std::move(request.error()));
  http2_head_.clear();
  return request_writer_.write_head(http2_head_, *request);
}

void Fetcher::open(Transfer& transfer) {
  Destination& destination = *transfer.destination_;
  transfer.on_kept_connection_ = false;
  if (Opening* shared = destination.shared_opening()) return shared->join(transfer);
  Opening& opening = *destination.openings.emplace_back(std::make_unique<Opening>(*this, destination));
  opening.join(transfer);
  opening.start();
}

std::unique_ptr<Opening> Fetcher::take(Opening& opening) {
  auto& openings = opening.destination().openings;
  const auto at =
      std::find_if(openings.begin(), openings.end(), [&](const auto& other) { return other.get() == &opening; });
  auto taken = std::move(*at);
  openings.erase(at);
  return taken;
}

void Fetcher::on_opened(Opening& opening, Result<Connected> connected) {
  loop_.retire(take(opening));
  if (!connected) return on_not_opened(opening, connected.error());
  Destination& destination = opening.destination();
  // HTTP/1.1 may have been asked for while this one was being made.
  const bool is_of_use = !connected->is_http2 || destination.version != HttpVersion::http1_1;
  if (is_of_use) begin_with(*opening.pop(), destination, std::move(*connected));
  while (Transfer* transfer = opening.pop()) place(*transfer);
}

void Fetcher::begin_with(Transfer& first, Destination& destination, Connected connected) {
  destination.protocol = connected.is_http2 ? Protocol::http2 : Protocol::http1;
  Connection& connection = pool_.adopt(make_connection(destination, std::move(connected)));
  ++first.exchange_.num_connects;
  if (auto watched = connection.watch(loop_); !watched) {
    pool_.discard(connection);
    return fail(first, std::move(watched.error()));
  }
  carry(first, connection);
}

std::unique_ptr<Connection> Fetcher::make_connection(Destination& destination, Connected connected) {
  if (connected.is_http2) return std::make_unique<Http2Connection>(*this, destination, std::move(connected));
  return std::make_unique<Http1Connection>(*this, destination, std::move(connected));
}

void Fetcher::on_not_opened(Opening& opening, const Error& error) {
  // A kept connection is worth less than a new one that could not be opened for want of a descriptor.
  const bool again = error.kind == ErrorKind::out_of_descriptors && pool_.discard_oldest_idle();
  while (Transfer* transfer = opening.pop()) again ? open(*transfer) : fail(*transfer, error);
}

void Fetcher::carry(Transfer& transfer, Connection& connection) {
  if (auto carried = connection.carry(transfer); !carried) transfer.fail_soon(std::move(carried.error()));
  if (connection.is_open()) pool_.settle(connection);
}

void Fetcher::on_response(Transfer& transfer) {
  Result<> outcome = transfer.end_body();
  if (!outcome) outcome.error().detail = std::string(transfer.url().authority()) + ": " + outcome.error().detail;
  finish(transfer, std::move(outcome));
}

void Fetcher::on_failure(Transfer& transfer, Error error, Handling handling) {
  if (!may_send_again(transfer, error, handling)) {
    error.detail = std::string(transfer.url().authority()) + ": " + error.detail;
    return fail(transfer, std::move(error));
  }
  transfer.was_sent_again_ = true;
  // Other connections that were kept may be as stale.
  transfer.destination_->protocol == Protocol::http2 ? place(transfer) : open(transfer);
}

void Fetcher::on_http1_required(Transfer& transfer, Error error, Handling handling) {
  if (options_.http_version == HttpVersion::http2_prior_knowledge) {
    error.detail += "; it wants HTTP/1.1, but HTTP/2 only is to be spoken";
    handling = Handling::answered;  // the answer to another request would be the same
  } else {
    pool_.require_http1(*transfer.destination_);
    // The cause is known, and will be gone.
    if (handling == Handling::unanswered && is_idempotent(transfer.request().method())) handling = Handling::untouched;
  }
  on_failure(transfer, std::move(error), handling);
}

/// Once, on a connection that will do: that is not a failure of the job.
bool Fetcher::may_send_again(const Transfer& transfer, const Error& error, Handling handling) const {
  if (transfer.was_sent_again_) return false;
  if (handling == Handling::untouched) return true;
  // The server may close a kept connection at the very moment we use it again (RFC 9112 section 9.3.1).
  return handling == Handling::unanswered && transfer.on_kept_connection_ &&
         (error.kind == ErrorKind::connection_reset || error.kind == ErrorKind::connection_closed) &&
         is_idempotent(transfer.request().method());
}

void Fetcher::fail(Transfer& transfer, Error error) {
  if (transfer.state_ == TransferState::done) return;
  if (Connection* connection = std::exchange(transfer.connection_, nullptr)) connection->abandon(transfer);
  if (Opening* opening = transfer.opening_) {
    opening->leave(transfer);
    if (opening->is_abandoned()) take(*opening).reset();
  }
  finish(transfer, std::unexpected(std::move(error)));
}

void Fetcher::finish(Transfer& transfer, Result<> outcome) {
  transfer.enter(TransferState::done);
  // Out of the table first: the observer may start the next job.
  std::unique_ptr<Transfer> owned = std::move(active_[transfer.position_]);
  if (transfer.position_ + 1 != active_.size()) {
    active_[transfer.position_] = std::move(active_.back());
    active_[transfer.position_]->position_ = transfer.position_;
  }
  active_.pop_back();
  observer_.on_done(transfer, std::move(outcome));
  pool_.leave(*transfer.destination_);
  transfer.reset();
  if (spare_.size() < max_spare_transfers) {
    spare_.push_back(std::move(owned));
  } else {
    loop_.retire(std::move(owned));
  }
}

void Fetcher::wait_for_resume(Connection& connection) { paused_connections_.push_back(&connection); }

void Fetcher::forget_paused(Connection& connection) { std::erase(paused_connections_, &connection); }

void Fetcher::pause() {
  if (!paused_since_) paused_since_ = Clock::now();
}

void Fetcher::resume() {
  if (!paused_since_) return;
  paused_total_ += Clock::now() - *std::exchange(paused_since_, std::nullopt);
  resumption_.arm(loop_.now());
}

void Fetcher::resume_connections() {
  if (paused()) return;
  for (Connection* connection : std::exchange(paused_connections_, {})) {
    if (connection->is_open()) connection->resume();  // what the others brought may have ended it
  }
}

Duration Fetcher::paused_time() const noexcept {
  return paused_total_ + (paused_since_ ? Clock::now() - *paused_since_ : Duration::zero());
}

void Fetcher::abort_all(const Error& error) {
  while (!active_.empty()) {
    Error own = error;
    fail(*active_.back(), std::move(own));
  }
}

}  // namespace nbcrawl

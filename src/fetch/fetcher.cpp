#include "fetch/fetcher.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "net/special_address.hpp"

namespace nbcrawl {

namespace {

constexpr std::size_t read_buffer_bytes = 32 * 1024;
constexpr std::size_t max_spare_transfers = 256;
/// A body's memory is kept for another response up to this size: large bodies would otherwise be mapped and unmapped,
/// page by page, for each one.
constexpr std::size_t max_spare_body_bytes = 512 * 1024;
constexpr std::size_t max_spare_bodies = 16;

Error body_file_error(const std::string& path, std::string_view cause, int sys_errno) {
  return {.kind = ErrorKind::body_file_failed,
          .phase = Phase::request,
          .sys_errno = sys_errno,
          .detail = "can't send " + path + ": " + std::string(cause)};
}

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
                       .resolver = resolver,
                       .tls_contexts = tls_contexts_,
                       .reach = options_.deny_private ? Dialer::Reach::public_addresses : Dialer::Reach::all_addresses},
      pool_(loop, options_.limits.max_idle_connections, options_.limits.max_idle_time) {}

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
  auto head = write_head(transfer);
  if (!head) return transfer.fail_soon(std::move(head.error()));
  if (Connection* kept = pool_.lease(*transfer.destination_)) {
    transfer.on_kept_connection_ = true;
    return carry(transfer, *kept, *head);
  }
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

Result<std::string_view> Fetcher::write_head(Transfer& transfer) {
  RequestHead request = transfer.request();
  std::optional<std::uint64_t>& body_bytes = request.body_bytes;
  if (const JobOptions* options = request.options; options != nullptr && !request.as_get) {
    if (options->body) body_bytes = options->body->size();
    if (!options->body_file.empty()) {
      if (auto opened = open_request_body(transfer); !opened) return std::unexpected(std::move(opened.error()));
      body_bytes = transfer.request_body_bytes_;
    }
    // RFC 9110 section 8.6: a method that usually has content says when it has none.
    const std::string_view method = request.method();
    if (!body_bytes && (method == "POST" || method == "PUT" || method == "PATCH")) body_bytes = 0;
  }
  const Route& route = transfer.destination_->route;
  head_.clear();
  request.to_proxy = route.forwards;
  if (route.forwards)
    request.proxy_authorization = route.proxy_authorization;  // through a tunnel the host would see it
  if (auto written = request_writer_.write_head(head_, request); !written)
    return std::unexpected(std::move(written.error()));
  return head_;
}

Result<> Fetcher::open_request_body(Transfer& transfer) {
  const std::string& path = transfer.job().options->body_file;
  // O_NONBLOCK: a FIFO that nobody writes must not hold up the loop; it is refused below.
  transfer.request_body_.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (!transfer.request_body_ || ::fstat(transfer.request_body_.get(), &status) != 0) {
    return std::unexpected(body_file_error(path, std::strerror(errno), errno));
  }
  if (!S_ISREG(status.st_mode)) return std::unexpected(body_file_error(path, "not a regular file", 0));
  transfer.request_body_bytes_ = static_cast<std::uint64_t>(status.st_size);
  return {};
}

void Fetcher::open(Transfer& transfer) {
  transfer.on_kept_connection_ = false;
  auto& openings = transfer.destination_->openings;
  Opening& opening = *openings.emplace_back(std::make_unique<Opening>(*this, *transfer.destination_));
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
  Connection& connection =
      pool_.adopt(std::make_unique<Connection>(*this, opening.destination(), std::move(*connected)));
  Transfer& transfer = *opening.pop();
  ++transfer.exchange_.num_connects;
  transfer.connection_ = &connection;
  auto head = write_head(transfer);
  if (!head) return fail(transfer, std::move(head.error()));
  if (auto watched = connection.watch(loop_); !watched) return fail(transfer, std::move(watched.error()));
  carry(transfer, connection, *head);
}

void Fetcher::on_not_opened(Opening& opening, const Error& error) {
  // A kept connection is worth less than a new one that could not be opened for want of a descriptor.
  const bool again = error.kind == ErrorKind::out_of_descriptors && pool_.discard_oldest_idle();
  while (Transfer* transfer = opening.pop()) again ? open(*transfer) : fail(*transfer, error);
}

void Fetcher::carry(Transfer& transfer, Connection& connection, std::string_view head) {
  transfer.connection_ = &connection;
  transfer.exchange_.remote_ip = connection.peer_ip();
  transfer.exchange_.remote_port = connection.peer_port();
  if (transfer.insecure()) transfer.exchange_.insecure = true;
  transfer.enter(TransferState::waiting);
  connection.carry(transfer, head);
}

void Fetcher::on_response(Connection& connection, bool reusable) {
  Transfer& transfer = *connection.transfer();
  transfer.connection_ = nullptr;
  if (reusable) {
    connection.release();
    pool_.keep(connection);
  } else {
    pool_.discard(connection);
  }
  Result<> outcome = transfer.end_body();
  if (!outcome) outcome.error().detail = std::string(transfer.url().authority()) + ": " + outcome.error().detail;
  finish(transfer, std::move(outcome));
}

void Fetcher::on_failure(Connection& connection, Error error) {
  Transfer& transfer = *connection.transfer();
  // The server may close a kept connection at the very moment we use it again (RFC 9112 section 9.3.1). Nothing was
  // answered, so a request that may be repeated is, once, on a new connection; that is not a failure of the job.
  const bool stale = transfer.on_kept_connection_ && !connection.response_has_begun() &&
                     (error.kind == ErrorKind::connection_reset || error.kind == ErrorKind::connection_closed) &&
                     is_idempotent(transfer.request().method());
  if (!stale) {
    error.detail = std::string(transfer.url().authority()) + ": " + error.detail;
    return fail(transfer, std::move(error));
  }
  transfer.connection_ = nullptr;
  pool_.discard(connection);
  open(transfer);
}

void Fetcher::on_idle_activity(Connection& connection) { pool_.discard(connection); }

void Fetcher::fail(Transfer& transfer, Error error) {
  if (transfer.state_ == TransferState::done) return;
  if (Connection* connection = std::exchange(transfer.connection_, nullptr)) pool_.discard(*connection);
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
  for (Connection* connection : std::exchange(paused_connections_, {})) connection->resume();
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

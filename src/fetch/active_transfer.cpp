#include "fetch/active_transfer.hpp"

#include <algorithm>
#include <utility>

#include "base/shortened.hpp"

namespace nbcrawl {

ActiveTransfer::ActiveTransfer(const FetchParts& parts, Owner& owner)
    : parts_(parts),
      owner_(owner),
      clock_(parts.loop, parts.pause),
      body_(transfer_, clock_, parts.memory, parts.body_memory, *this),
      deadline_(parts.loop.timers(), [this] { on_deadline(); }) {}

void ActiveTransfer::begin(Attempt&& attempt, const Route& route) {
  transfer_.attempt = std::move(attempt);
  route_ = &route;
  Exchange& exchange = transfer_.exchange;
  TimeSpent spent;
  if (Progress* progress = transfer_.attempt.progress.get()) {
    exchange = std::move(progress->exchange);
    exchange.received_bytes = 0;
    spent = progress->spent;
  } else {
    exchange.timings.started_at = std::chrono::system_clock::now();
    exchange.timings.queue = std::chrono::duration_cast<microseconds>(parts_.loop.now() - transfer_.attempt.since);
  }
  transfer_.response.url = url();
  const FetchOptions& options = parts_.options;
  auto connect_timeout = options.connect_timeout;
  auto max_time = options.max_time;
  max_body_bytes_ = options.limits.max_body_bytes;
  if (const JobOptions* own = transfer_.job().options.get()) {
    connect_timeout = own->connect_timeout.value_or(connect_timeout);
    max_time = own->timeout.value_or(max_time);
    max_body_bytes_ = own->max_body_bytes.value_or(max_body_bytes_);
    transfer_.response.charset = own->charset;
  }
  clock_.start(spent, connect_timeout, max_time);
  if (!options.pace.is_set()) return;
  pace_ = std::make_unique<Pace>(parts_.loop, parts_.pause, options.pace, exchange.received_bytes,
                                 [this](std::uint64_t received) { on_too_slow(received); });
}

Result<> ActiveTransfer::prepare() {
  const Attempt& attempt = transfer_.attempt;
  const Progress* progress = attempt.progress.get();
  RequestHead& head = request_.emplace(RequestHead{.url = url(),
                                                   .options = attempt.job.options.get(),
                                                   .job_url = &attempt.job.url,
                                                   .as_get = progress != nullptr && progress->as_get,
                                                   .foreign = progress != nullptr && progress->foreign,
                                                   .cookies = attempt.cookies});
  if (route_->way == Way::forwarded) {
    head.to_proxy = true;
    head.proxy_authorization = route_->proxy_authorization;  // through a tunnel the host would see it
  }
  // What the request before has left behind.
  failure_.reset();
  if (pace_) pace_->end();
  request_body_.clear();
  if (head.options != nullptr && !head.as_get) {
    if (attempt.sends_run_body) {
      request_body_.begin(parts_.options.body);
    } else if (auto begun = request_body_.begin(*head.options); !begun) {
      return begun;
    }
    // RFC 9110 section 8.6: a method that usually has content says when it has none.
    const std::string_view method = head.method();
    if (head.options->has_body() || method == "POST" || method == "PUT" || method == "PATCH")
      head.body_bytes = request_body_.left();
  }
  return RequestWriter::check(head);
}

void ActiveTransfer::on_carried(Carrier& by, const Peer& peer, bool is_kept) {
  Exchange& exchange = transfer_.exchange;
  exchange.remote_ip = peer.ip;
  exchange.remote_port = peer.port;
  carrier_ = &by;
  if (route_->insecure) exchange.insecure = true;
  is_on_kept_connection_ = is_kept;
  enter(TransferState::waiting);
}

void ActiveTransfer::enter(TransferState next) {
  if (parts_.log.enabled(LogLevel::debug)) {
    parts_.log.debug("job " + std::to_string(transfer_.job().index) + " " + shortened(url().href(), shown_url_bytes) +
                     ": " + std::string(name(clock_.state())) + " -> " + std::string(name(next)));
  }
  release();
  note_time(next);
  if (next == TransferState::receiving) parts_.loop.note_answer(clock_.in_state());
  clock_.enter(next);
  if (pace_ && next == TransferState::receiving) pace_->begin();
  if (next != TransferState::done) return deadline_.arm(clock_.deadline().due);
  transfer_.spent = clock_.spent();
  deadline_.disarm();
  if (!pace_) return;
  pace_->end();
  parts_.loop.retire(std::move(pace_));  // it may be what ends the transfer
}

void ActiveTransfer::release() {
  const Duration stood = clock_.release();
  if (stood == Duration::zero()) return;
  transfer_.exchange.timings.queue += std::chrono::duration_cast<microseconds>(stood);
  deadline_.arm(clock_.deadline().due);
}

void ActiveTransfer::note_time(TransferState next) {
  Timings& timings = transfer_.exchange.timings;
  const auto elapsed = [this] { return std::chrono::duration_cast<microseconds>(clock_.elapsed()); };
  switch (next) {
    case TransferState::idle:
    case TransferState::resolving: return;
    case TransferState::connecting: timings.namelookup = elapsed(); return;
    case TransferState::handshaking: timings.connect = elapsed(); return;
    case TransferState::waiting:
      if (clock_.state() == TransferState::handshaking) {
        timings.appconnect = url().is_https() ? elapsed() : microseconds{};
      } else {
        timings.connect = is_on_kept_connection_ ? microseconds{} : elapsed();
        timings.appconnect = {};
      }
      return;
    case TransferState::receiving: timings.starttransfer = elapsed(); return;
    case TransferState::done: timings.total = elapsed(); return;
  }
}

Error ActiveTransfer::of_host(Error error) const {
  error.detail.insert(0, std::string(url().authority()) + ": ");
  return error;
}

void ActiveTransfer::fail_soon(Error error) {
  failure_ = std::move(error);
  deadline_.arm(parts_.loop.now());
}

void ActiveTransfer::on_deadline() {
  if (failure_) return owner_.on_failed(*this, std::move(*failure_));
  const auto [due, allowed] = clock_.deadline();
  if (parts_.pause.is_on() || due > parts_.loop.now())
    return deadline_.arm(std::max(due, parts_.loop.now() + milliseconds(100)));
  owner_.on_failed(*this, timeout(allowed));
}

Error ActiveTransfer::timeout(std::chrono::milliseconds allowed) const {
  const std::string after = " after " + std::to_string(allowed.count()) + " ms";
  const std::string host(url().authority());
  switch (clock_.state()) {
    case TransferState::resolving:
      return {.kind = ErrorKind::dns_timeout,
              .phase = Phase::resolve,
              .detail = "no address for host " + std::string(url().host()) + after};
    case TransferState::connecting:
      return {
          .kind = ErrorKind::connect_timeout, .phase = Phase::connect, .detail = "no connection to " + host + after};
    case TransferState::handshaking: {
      const auto& proxy = route_->proxy;
      return {.kind = ErrorKind::connect_timeout,
              .phase = proxy ? Phase::connect : Phase::tls,
              .detail = "the " +
                        (proxy ? "handshake with proxy " + proxy->name + " for " : std::string("TLS handshake with ")) +
                        host + " was not done" + after};
    }
    case TransferState::receiving:
      return {.kind = ErrorKind::timeout,
              .phase = Phase::response,
              .detail = "the response of " + host + " was not complete" + after};
    default: {
      const std::string missing = clock_.is_held() ? "no free stream on the connection to " : "no response from ";
      return {.kind = ErrorKind::timeout, .phase = Phase::response, .detail = missing + host + after};
    }
  }
}

void ActiveTransfer::on_too_slow(std::uint64_t received_bytes) {
  if (clock_.is_held()) return pace_->expect();  // it waits for room
  const PaceLimits& limits = parts_.options.pace;
  owner_.on_failed(*this,
                   {.kind = ErrorKind::too_slow,
                    .phase = Phase::response,
                    .detail = "only " + std::to_string(received_bytes) + " bytes of the response of " +
                              std::string(url().authority()) + " came in " + std::to_string(limits.least_time.count()) +
                              " ms, fewer than " + std::to_string(limits.least) + " a second"});
}

Result<> ActiveTransfer::on_head(std::uint64_t announced_bytes) {
  if (route_->way == Way::forwarded && transfer_.response.status == 407) {
    return std::unexpected(Error{.kind = ErrorKind::proxy_denied,
                                 .phase = Phase::response,
                                 .detail = "proxy " + route_->proxy->name + " wants other credentials (status 407)"});
  }
  enter(TransferState::receiving);
  if (auto accepted = owner_.on_head(transfer_); !accepted) return accepted;
  return body_.begin(max_body_bytes_, announced_bytes);
}

void ActiveTransfer::on_request_begun() {
  release();
  if (pace_) pace_->expect();
}

std::size_t ActiveTransfer::room() {
  const std::size_t room = body_.allowance();
  if (room == 0 && !clock_.is_held() && !body_.was_slow()) clock_.hold(parts_.body_memory.full_time());
  return room;
}

void ActiveTransfer::on_room() {
  release();
  if (pace_) pace_->expect();  // it could not be quick meanwhile
  carrier_->on_room();
}

std::optional<std::size_t> ActiveTransfer::read_request_body(std::span<char> into) {
  auto got = request_body_.read(into);
  if (got) return *got;
  fail_soon(std::move(got.error()));
  return std::nullopt;
}

void ActiveTransfer::on_end(ResponseEnd end) {
  release();  // the connection may be gone before the next state
  if (end.outcome) end.outcome = body_.end();
  owner_.on_end(*this, std::move(end));
}

void ActiveTransfer::clear() {
  transfer_.attempt = {};
  Response& response = transfer_.response;
  response.status = 0;
  response.version_major = 1;
  response.reason.clear();
  response.reason.shrink_to_fit();  // a hostile one is as long as a head may be
  response.fields.clear();
  response.trailers.clear();
  body_.clear();
  response.body_bytes = 0;
  response.charset.clear();
  transfer_.exchange = {};
  transfer_.body_plan = {};
  request_.reset();
  request_body_.clear();
  failure_.reset();
  is_on_kept_connection_ = false;
  clock_.enter(TransferState::idle);
}

}  // namespace nbcrawl

#include "fetch/transfer.hpp"

#include <algorithm>
#include <utility>

#include "base/quantity.hpp"
#include "fetch/connection.hpp"
#include "fetch/destination.hpp"
#include "fetch/fetcher.hpp"

namespace nbcrawl {

namespace {

/// A Content-Length is only a claim: memory is reserved no faster than this ahead of the bytes.
constexpr std::size_t max_reserve_ahead = 1024 * 1024;
/// A body of no use is read past up to this size, to keep the connection; a new one costs less than a larger body.
constexpr std::uint64_t max_skipped_bytes = 64 * 1024;

}  // namespace

std::string_view name(TransferState state) noexcept {
  switch (state) {
    case TransferState::idle: return "idle";
    case TransferState::resolving: return "resolving";
    case TransferState::connecting: return "connecting";
    case TransferState::handshaking: return "handshaking";
    case TransferState::waiting: return "waiting";
    case TransferState::receiving: return "receiving";
    case TransferState::done: break;
  }
  return "done";
}

Transfer::Transfer(Fetcher& fetcher)
    : fetcher_(fetcher), deadline_(fetcher.loop_.timers(), [this] { on_deadline(); }) {}

void Transfer::begin(Attempt attempt, const FetchOptions& options) {
  attempt_ = std::move(attempt);
  const TimePoint now = fetcher_.loop_.now();
  hop_started_ = now;
  started_ = now;
  if (attempt_.progress != nullptr) {
    exchange_ = std::move(attempt_.progress->exchange);
    exchange_.received_bytes = 0;
    started_ -= attempt_.progress->spent;
  } else {
    exchange_.timings.started_at = std::chrono::system_clock::now();
    exchange_.timings.queue = std::chrono::duration_cast<microseconds>(now - attempt_.since);
  }
  response_.url = url();
  paused_before_ = fetcher_.paused_time();
  connect_timeout_ = options.connect_timeout;
  max_time_ = options.max_time;
  insecure_ = options.tls.insecure;
  max_body_bytes_ = options.limits.max_body_bytes;
  if (options.pace.is_set()) pace_ = std::make_unique<Pace>(*this, fetcher_.loop_, options.pace);
  if (const JobOptions* own = attempt_.job.options.get()) {
    connect_timeout_ = own->connect_timeout.value_or(connect_timeout_);
    max_time_ = own->timeout.value_or(max_time_);
    max_body_bytes_ = own->max_body_bytes.value_or(max_body_bytes_);
    response_.charset = own->charset;
  }
  connect_timeout_ = bounded(connect_timeout_);
  max_time_ = bounded(max_time_);
}

RequestHead Transfer::request() const noexcept {
  const Progress* progress = attempt_.progress.get();
  return {.url = url(),
          .options = attempt_.job.options.get(),
          .job_url = &attempt_.job.url,
          .as_get = progress != nullptr && progress->as_get,
          .foreign = progress != nullptr && progress->foreign,
          .cookies = attempt_.cookies};
}

Result<RequestHead> Transfer::prepare_request() {
  RequestHead head = request();
  request_body_.clear();
  if (head.options == nullptr || head.as_get) return head;
  if (auto begun = request_body_.begin(*head.options); !begun) return std::unexpected(std::move(begun.error()));
  // RFC 9110 section 8.6: a method that usually has content says when it has none.
  const std::string_view method = head.method();
  if (head.options->has_body() || method == "POST" || method == "PUT" || method == "PATCH")
    head.body_bytes = request_body_.left();
  return head;
}

void Transfer::reset() {
  attempt_ = {};
  response_.status = 0;
  response_.reason.clear();
  response_.reason.shrink_to_fit();  // a hostile one is as long as a head may be
  response_.fields.clear();
  response_.trailers.clear();
  fetcher_.keep_body_memory(std::exchange(response_.body, {}));
  response_.body_bytes = 0;
  response_.charset.clear();
  exchange_ = {};
  body_plan_ = {};
  decoder_.reset();
  leaves_early_ = false;
  request_body_.clear();
  on_kept_connection_ = false;
  was_sent_again_ = false;
  failure_.reset();
  state_ = TransferState::idle;
}

Duration Transfer::spent() const noexcept { return fetcher_.loop_.now() - started_; }

microseconds Transfer::elapsed() const noexcept { return std::chrono::duration_cast<microseconds>(spent()); }

Duration Transfer::paused_time() const noexcept { return fetcher_.paused_time() - paused_before_; }

Transfer::Deadline Transfer::deadline() const noexcept {
  // Time in which we did not read because nobody took our results is not the server's.
  const Duration paused = paused_time();
  const Deadline whole{.due = started_ + max_time_ + paused, .allowed = max_time_};
  if (state_ != TransferState::resolving && state_ != TransferState::connecting && state_ != TransferState::handshaking)
    return whole;
  const Deadline connect{.due = hop_started_ + connect_timeout_ + paused, .allowed = connect_timeout_};
  return connect.due < whole.due ? connect : whole;
}

void Transfer::enter(TransferState next) {
  if (fetcher_.log_.enabled(LogLevel::debug)) {
    fetcher_.log_.debug("job " + std::to_string(job().index) + " " + std::string(url().href()) + ": " +
                        std::string(name(state_)) + " -> " + std::string(name(next)));
  }
  Timings& timings = exchange_.timings;
  switch (next) {
    case TransferState::idle:
    case TransferState::resolving: break;
    case TransferState::connecting: timings.namelookup = elapsed(); break;
    case TransferState::handshaking: timings.connect = elapsed(); break;
    case TransferState::waiting:
      if (state_ == TransferState::handshaking) {
        timings.appconnect = url().is_https() ? elapsed() : microseconds{};
      } else {
        timings.connect = on_kept_connection_ ? microseconds{} : elapsed();
        timings.appconnect = {};
      }
      break;
    case TransferState::receiving: timings.starttransfer = elapsed(); break;
    case TransferState::done: timings.total = elapsed(); break;
  }
  state_ = next;
  if (pace_ && next == TransferState::receiving) pace_->begin();
  if (next == TransferState::done) {
    if (pace_) fetcher_.loop_.retire(std::move(pace_));  // it may be what ends the transfer
    deadline_.disarm();
    return;
  }
  deadline_.arm(deadline().due);
}

void Transfer::fail_soon(Error error) {
  failure_ = std::move(error);
  deadline_.arm(fetcher_.loop_.now());
}

void Transfer::on_deadline() {
  if (failure_) return fetcher_.fail(*this, std::move(*failure_));
  const auto [due, allowed] = deadline();
  if (fetcher_.paused() || due > fetcher_.loop_.now()) {
    deadline_.arm(std::max(due, fetcher_.loop_.now() + milliseconds(100)));
    return;
  }
  const std::string after = " after " + std::to_string(allowed.count()) + " ms";
  const std::string host(url().authority());
  const Route& route = destination_->route;
  Error error{.kind = ErrorKind::timeout, .phase = Phase::response};
  switch (state_) {
    case TransferState::resolving:
      error = {.kind = ErrorKind::dns_timeout,
               .phase = Phase::resolve,
               .detail = "no address for host " + std::string(url().host()) + after};
      break;
    case TransferState::connecting:
      error = {
          .kind = ErrorKind::connect_timeout, .phase = Phase::connect, .detail = "no connection to " + host + after};
      break;
    case TransferState::handshaking:
      error = {.kind = ErrorKind::connect_timeout,
               .phase = route.proxy ? Phase::connect : Phase::tls,
               .detail = "the " +
                         std::string(route.proxy ? "handshake with proxy " + route.proxy->name + " for "
                                                 : "TLS handshake with ") +
                         host + " was not done" + after};
      break;
    case TransferState::receiving: error.detail = "the response of " + host + " was not complete" + after; break;
    default: error.detail = "no response from " + host + after; break;
  }
  fetcher_.fail(*this, std::move(error));
}

void Transfer::go_on_reading() {
  if (connection_ != nullptr) connection_->resume();
}

void Transfer::on_too_slow(std::uint64_t received_bytes) {
  const PaceLimits& limits = fetcher_.options_.pace;
  fetcher_.fail(*this,
                {.kind = ErrorKind::too_slow,
                 .phase = Phase::response,
                 .detail = "only " + std::to_string(received_bytes) + " bytes of the response of " +
                           std::string(url().authority()) + " came in " + std::to_string(limits.least_time.count()) +
                           " ms, fewer than " + std::to_string(limits.least) + " a second"});
}

bool Transfer::insecure() const noexcept {
  const JobOptions* own = attempt_.job.options.get();
  return url().is_https() && (own != nullptr ? own->insecure.value_or(insecure_) : insecure_);
}

Result<> Transfer::on_head(std::uint64_t announced_bytes) {
  const Route& route = destination_->route;
  if (route.forwards && response_.status == 407) {
    return std::unexpected(Error{.kind = ErrorKind::proxy_denied,
                                 .phase = Phase::response,
                                 .detail = "proxy " + route.proxy->name + " wants other credentials (status 407)"});
  }
  enter(TransferState::receiving);
  body_plan_ = {};
  if (auto accepted = fetcher_.observer_.on_head(*this); !accepted) return accepted;
  if (const std::string codings = response_.fields.joined("content-encoding");
      !codings.empty() && body_plan_.is_of_use && !body_plan_.keep_coded) {
    auto decoder = ContentDecoder::create(codings, max_body_bytes_);
    if (!decoder) return std::unexpected(std::move(decoder.error()));
    if (!decoder->is_identity()) decoder_ = std::move(*decoder);
  }
  if (body_plan_.in_memory) response_.body = fetcher_.body_memory();
  leaves_early_ = !body_plan_.is_of_use && announced_bytes > max_skipped_bytes;
  if (!body_plan_.is_of_use) return {};
  if (announced_bytes > max_body_bytes_) return count_received(announced_bytes);
  if (body_plan_.in_memory && !decoder_ && announced_bytes > response_.body.capacity()) {
    response_.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(announced_bytes, max_reserve_ahead)));
  }
  return {};
}

Result<> Transfer::count_received(std::uint64_t bytes) {
  exchange_.received_bytes += bytes;
  if (!body_plan_.is_of_use) {
    leaves_early_ = leaves_early_ || exchange_.received_bytes > max_skipped_bytes;
    return {};
  }
  if (exchange_.received_bytes <= max_body_bytes_) return {};
  return std::unexpected(Error{.kind = ErrorKind::body_too_large,
                               .phase = Phase::response,
                               .detail = "the body exceeds " + std::to_string(max_body_bytes_) + " bytes"});
}

Result<> Transfer::on_body(std::string_view data) {
  if (auto counted = count_received(data.size()); !counted) return counted;
  if (decoder_) return decoder_->feed(data, *this);
  return keep_body(data);
}

void Transfer::on_request_begun() {
  if (pace_) pace_->expect();
}

std::optional<std::size_t> Transfer::read_request_body(std::span<char> into) {
  auto got = request_body_.read(into);
  if (got) return *got;
  fail_soon(std::move(got.error()));
  return std::nullopt;
}

void Transfer::on_end(Http2End end) {
  stream_ = nullptr;
  connection_ = nullptr;
  if (end.outcome) return fetcher_.on_response(*this);
  if (end.wants_http1) return fetcher_.on_http1_required(*this, std::move(end.outcome.error()), end.handling);
  fetcher_.on_failure(*this, std::move(end.outcome.error()), end.handling);
}

Result<> Transfer::on_content(std::string_view data) {
  // A few coded bytes can stand for hours of decoding: the clock is asked here, not only between reads.
  if (Clock::now() > deadline().due) {
    return std::unexpected(
        Error{.kind = ErrorKind::timeout,
              .phase = Phase::response,
              .detail = "the body was not decoded after " + std::to_string(max_time_.count()) + " ms"});
  }
  return keep_body(data);
}

Result<> Transfer::keep_body(std::string_view data) {
  response_.body_bytes += data.size();
  if (body_plan_.in_memory) response_.body.append(data);
  if (body_plan_.writer != nullptr) return body_plan_.writer->write(data);
  return {};
}

Result<> Transfer::end_body() const {
  if (decoder_) return decoder_->finish();
  return {};
}

std::span<char> Transfer::body_room(std::uint64_t wanted) {
  if (!body_plan_.in_memory || decoder_) return {};
  std::string& body = response_.body;
  if (body.size() == body.capacity())
    body.reserve(body.size() +
                 static_cast<std::size_t>(std::min<std::uint64_t>(wanted, std::max(body.size(), max_reserve_ahead))));
  const std::size_t size = body.size();
  const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, body.capacity() - size));
  body.resize_and_overwrite(size + room, [](char*, std::size_t count) { return count; });
  return {body.data() + size, room};
}

Result<> Transfer::take_body(std::string body) {
  fetcher_.keep_body_memory(std::exchange(response_.body, std::move(body)));
  return commit_body(response_.body, response_.body.size());
}

Result<> Transfer::commit_body(std::span<char> room, std::size_t bytes) {
  response_.body.resize(response_.body.size() - room.size() + bytes);
  if (auto counted = count_received(bytes); !counted) return counted;
  response_.body_bytes += bytes;
  if (body_plan_.writer != nullptr) return body_plan_.writer->write({room.data(), bytes});
  return {};
}

}  // namespace nbcrawl

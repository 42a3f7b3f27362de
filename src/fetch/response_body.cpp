#include "fetch/response_body.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace nbcrawl {

namespace {

/// A Content-Length is only a claim: memory is reserved no faster than this ahead of the bytes.
constexpr std::size_t max_reserve_ahead = 1024 * 1024;
/// A body of no use is read past up to this size, to keep the connection; a new one costs less than a larger body.
constexpr std::uint64_t max_skipped_bytes = 64 * 1024;
/// What a byte of deflate, the most used coding, stands for at most. Where memory is short so much less is taken at a
/// time of a body that is coded, or may be; but no less than this, for one that is honest needs it whole.
constexpr std::size_t most_expansion = 1032;
constexpr std::size_t least_coded_piece = 512;

}  // namespace

Result<> ResponseBody::begin(std::uint64_t max_bytes, std::uint64_t announced_bytes) {
  const BodyPlan& plan = transfer_.body_plan;
  max_bytes_ = max_bytes;
  has_begun_ = true;
  if (const std::string codings = transfer_.response.fields.joined("content-encoding");
      !codings.empty() && plan.is_of_use && !plan.keep_coded) {
    auto decoder = ContentDecoder::create(codings, max_bytes);
    if (!decoder) return std::unexpected(std::move(decoder.error()));
    if (!decoder->is_identity()) decoder_ = std::move(*decoder);
  }
  std::string& body = transfer_.response.body;
  if (plan.in_memory) body = memory_.take_body();
  leaves_early_ = !plan.is_of_use && announced_bytes > max_skipped_bytes;
  if (!plan.is_of_use) return {};
  if (announced_bytes > max_bytes) return too_large();
  // Room for one byte more: a read that leaves it empty tells by itself that nothing follows the body.
  const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(announced_bytes, max_reserve_ahead)) + 1;
  if (plan.in_memory && !decoder_ && announced_bytes > 0) body.reserve(room);
  return {};
}

Result<> ResponseBody::count(std::uint64_t bytes) {
  std::uint64_t& received = transfer_.exchange.received_bytes;
  received += bytes;
  if (!transfer_.body_plan.is_of_use) {
    leaves_early_ = leaves_early_ || received > max_skipped_bytes;
    return {};
  }
  if (received <= max_bytes_) return {};
  return too_large();
}

std::size_t ResponseBody::allowance() {
  if (!transfer_.body_plan.in_memory) return std::numeric_limits<std::size_t>::max();
  const std::size_t room = held_.room();
  const bool may_be_coded = decoder_ || !has_begun_;
  return may_be_coded && room > 0 ? std::max(room / most_expansion, least_coded_piece) : room;
}

std::unexpected<Error> ResponseBody::too_large() const {
  return std::unexpected(Error{.kind = ErrorKind::body_too_large,
                               .phase = Phase::response,
                               .detail = "the body exceeds " + std::to_string(max_bytes_) + " bytes"});
}

Result<> ResponseBody::add(std::string_view data) {
  if (auto counted = count(data.size()); !counted) return counted;
  if (decoder_) return decoder_->feed(data, *this);
  return keep(data);
}

Result<> ResponseBody::on_content(std::string_view data) {
  // A few coded bytes can stand for hours of decoding: the clock is asked here, not only between reads.
  if (const Deadline deadline = clock_.deadline(); Clock::now() > deadline.due) {
    return std::unexpected(
        Error{.kind = ErrorKind::timeout,
              .phase = Phase::response,
              .detail = "the body was not decoded after " + std::to_string(deadline.allowed.count()) + " ms"});
  }
  return keep(data);
}

Result<> ResponseBody::keep(std::string_view data) {
  const BodyPlan& plan = transfer_.body_plan;
  transfer_.response.body_bytes += data.size();
  if (plan.in_memory) {
    std::string& body = transfer_.response.body;
    body.append(data);
    held_.set(body.size());
  }
  if (plan.writer != nullptr) return plan.writer->write(data);
  return {};
}

std::span<char> ResponseBody::room(std::uint64_t wanted) {
  if (!transfer_.body_plan.in_memory || decoder_) return {};
  std::string& body = transfer_.response.body;
  if (body.size() == body.capacity())
    body.reserve(body.size() +
                 static_cast<std::size_t>(std::min<std::uint64_t>(wanted, std::max(body.size(), max_reserve_ahead))));
  const std::size_t size = body.size();
  const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, body.capacity() - size));
  body.resize_and_overwrite(size + room, [](char*, std::size_t count) { return count; });
  return {body.data() + size, room};
}

Result<> ResponseBody::take_first(std::string& bytes) {
  std::string& body = transfer_.response.body;
  body.swap(bytes);
  memory_.give_back(bytes);
  return commit(body, body.size());
}

Result<> ResponseBody::commit(std::span<char> room, std::size_t bytes) {
  Response& response = transfer_.response;
  response.body.resize(response.body.size() - room.size() + bytes);
  if (auto counted = count(bytes); !counted) return counted;
  response.body_bytes += bytes;
  held_.set(response.body.size());
  if (transfer_.body_plan.writer != nullptr) return transfer_.body_plan.writer->write({room.data(), bytes});
  return {};
}

Result<> ResponseBody::end() const {
  if (decoder_) return decoder_->finish();
  return {};
}

void ResponseBody::clear() {
  memory_.give_back(transfer_.response.body);
  held_.clear();
  decoder_.reset();
  has_begun_ = false;
  leaves_early_ = false;
}

}  // namespace nbcrawl

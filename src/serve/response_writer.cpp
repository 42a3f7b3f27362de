#include "serve/response_writer.hpp"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

namespace nbcrawl {

void ResponseWriter::begin(const Answer& answer, ResponseFraming framing, std::string_view date, bool with_body) {
  answer_ = &answer;
  prefix_.clear();
  prefix_at_ = 0;
  append_head(prefix_, answer, framing, date);
  body_bytes_ = with_body && !has_no_content(answer.status) ? answer.body_bytes() : 0;
  body_at_ = 0;
  framing_due_ = framing.chunked && with_body;
  span_left_ = framing_due_ ? 0 : body_bytes_;
  if (!framing_due_) return;
  // As many chunks as asked for, but never an empty one: that would end the body.
  chunks_left_ = std::min<std::uint64_t>(answer.chunks, body_bytes_);
  next_chunk();
}

void ResponseWriter::next_chunk() {
  if (prefix_at_ == prefix_.size()) {
    prefix_.clear();
    prefix_at_ = 0;
  }
  if (body_at_ > 0) prefix_ += "\r\n";
  span_left_ = chunks_left_ == 0 ? 0 : (body_bytes_ - body_at_ + chunks_left_ - 1) / chunks_left_;
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), span_left_, 16).ptr;
  prefix_.append(digits.data(), end).append("\r\n");
  if (chunks_left_ == 0) {
    prefix_ += "\r\n";
    framing_due_ = false;
  } else {
    --chunks_left_;
  }
}

ResponseWriter::Progress ResponseWriter::write(int socket) {
  std::uint64_t turn = turn_bytes;
  for (;;) {
    const bool from_memory = prefix_at_ < prefix_.size() || !answer_->file;
    if (prefix_at_ == prefix_.size() && span_left_ == 0) {
      if (!framing_due_) return Progress::done;
      next_chunk();
      continue;
    }
    if (turn == 0) return Progress::yielded;
    const std::uint64_t before = body_at_;
    const ssize_t sent = from_memory ? send_memory(socket, turn) : send_file(socket, turn);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? Progress::blocked : Progress::failed;
    if (sent == 0) return Progress::failed;
    turn -= body_at_ - before;
  }
}

/// The prefix, and with it the body's next bytes where they are in memory: one call for a small response.
ssize_t ResponseWriter::send_memory(int socket, std::uint64_t most) {
  std::array<iovec, 2> parts;
  std::size_t count = 0;
  const std::size_t prefix_left = prefix_.size() - prefix_at_;
  if (prefix_left > 0) parts[count++] = {.iov_base = prefix_.data() + prefix_at_, .iov_len = prefix_left};
  std::uint64_t body = 0;
  if (!answer_->file && span_left_ > 0) {
    body = std::min(span_left_, most);
    const std::string_view bytes = answer_->memory().substr(body_at_, body);
    // sendmsg(2) does not write to it, but iovec serves readv(2) as well.
    parts[count++] = {.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
  }
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = count;
  const bool more = span_left_ > body || framing_due_;
  const ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT | (more ? MSG_MORE : 0));
  if (sent <= 0) return sent;
  const std::size_t of_prefix = std::min(prefix_left, static_cast<std::size_t>(sent));
  prefix_at_ += of_prefix;
  sent_body(static_cast<std::size_t>(sent) - of_prefix);
  return sent;
}

ssize_t ResponseWriter::send_file(int socket, std::uint64_t most) {
  auto offset = static_cast<off_t>(body_at_);
  const ssize_t sent = ::sendfile(socket, answer_->file.get(), &offset, std::min(span_left_, most));
  if (sent > 0) sent_body(static_cast<std::uint64_t>(sent));
  return sent;
}

void ResponseWriter::sent_body(std::uint64_t bytes) noexcept {
  body_at_ += bytes;
  span_left_ -= bytes;
}

}  // namespace nbcrawl

#include "serve/http_server.hpp"

#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace nbcrawl {

std::size_t affordable_clients(MultiplexerKind multiplexer) noexcept {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  std::size_t descriptors = limit.rlim_cur;
  if (multiplexer == MultiplexerKind::select) descriptors = std::min<std::size_t>(descriptors, FD_SETSIZE);
  return std::max<std::size_t>(descriptors - descriptors / 4, 1);
}

HttpServer::HttpServer(EventLoop& loop, ServerOptions options)
    : loop_(loop),
      options_(std::move(options)),
      context_{.loop = loop,
               .routes = routes_,
               .options = options_,
               .on_closed = [this](Client& client) { remove(client); }},
      drain_limit_(loop.timers(), [this] { clients_.clear(); }) {}

HttpServer::~HttpServer() = default;

Result<Address> HttpServer::listen(const Address& address) {
  auto listener =
      Listener::open(loop_, address, [this](UniqueFd socket, const Address& peer) { accept(std::move(socket), peer); });
  if (!listener) return std::unexpected(std::move(listener.error()));
  listener_ = std::move(*listener);
  return listener_->address();
}

void HttpServer::accept(UniqueFd socket, const Address& peer) {
  auto client = std::make_unique<Client>(context_, std::move(socket), peer);
  if (!client->start()) {
    // The multiplexer can't hold it, and won't hold the next one either before another has gone.
    constexpr std::string_view busy =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    (void)::send(client->fileno(), busy.data(), busy.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (!clients_.empty()) set_full(true);
    return;
  }
  client->place = clients_.size();
  clients_.push_back(std::move(client));
  if (clients_.size() < most_clients_) return;
  // Asked anew: the loop may have moved from select to epoll since.
  most_clients_ = std::min(options_.max_clients, affordable_clients(loop_.multiplexer()));
  if (clients_.size() >= most_clients_) set_full(true);
}

void HttpServer::remove(Client& client) {
  const std::size_t place = client.place;
  std::swap(clients_[place], clients_.back());
  clients_[place]->place = place;
  // It may be on the stack.
  loop_.retire(std::move(clients_.back()));
  clients_.pop_back();
  if (context_.full) set_full(false);
}

void HttpServer::set_full(bool full) {
  if (std::exchange(context_.full, full) == full || !listener_) return;
  if (full) {
    listener_->pause();
    close_idle(true);
  } else {
    listener_->resume();
  }
}

void HttpServer::close_idle(bool only_kept) {
  // From the end: a client that closes is replaced by the last one.
  for (std::size_t i = clients_.size(); i > 0; --i) clients_[i - 1]->close_if_idle(only_kept);
}

void HttpServer::begin() {
  if (!finished()) return;
  drain_limit_.disarm();
  context_.draining = false;
  context_.full = false;
}

void HttpServer::drain() {
  if (std::exchange(context_.draining, true)) return;
  if (listener_) {
    listener_->pause();  // it may be due later in this very pass
    loop_.retire(std::move(listener_));
  }
  drain_limit_.arm(loop_.now() + options_.drain_timeout);
  close_idle(false);
}

}  // namespace nbcrawl

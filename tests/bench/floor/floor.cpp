// bench_floor PORT PATH REQUESTS CONNECTIONS [--close] [--tls CA_FILE HOST [--resume]]
//
// The least a client can do: one request that was built before, written once and again; of the response only
// Content-Length is parsed, and the body is counted and thrown away. What nbcrawl costs more than this is what it
// does. Says how many bytes of bodies came.

#include <sys/epoll.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "require.hpp"
#include "transport.hpp"

namespace {

struct Work {
  int port = 0;
  std::string request;
  long left_to_send = 0;
  long left_to_receive = 0;
  long connections = 0;
  bool reconnect = false;  // for each request
  TlsSettings* tls = nullptr;
  std::uint64_t body_bytes = 0;
};

struct Connection {
  std::optional<Transport> transport;
  std::size_t sent = 0;
  std::size_t head_size = 0;    // of what stands in head
  std::int64_t body_left = -1;  // -1: the head is not whole
  bool is_new = true;           // epoll is asked for writability, as long as no request went out
  char head[4096];
};

class Client {
 public:
  explicit Client(Work& work) : work_(work), epoll_(::epoll_create1(0)), buffer_(1024 * 1024) {
    require(epoll_ >= 0, "epoll_create1");
  }

  void run() {
    std::vector<std::unique_ptr<Connection>> connections;
    for (long i = 0; i < work_.connections && work_.left_to_send > 0; ++i) {
      connections.push_back(std::make_unique<Connection>());
      open(*connections.back());
    }
    epoll_event events[512];
    while (work_.left_to_receive > 0) {
      const int count = ::epoll_wait(epoll_, events, 512, -1);
      require(count >= 0, "epoll_wait");
      for (int i = 0; i < count; ++i) turn(*static_cast<Connection*>(events[i].data.ptr));
    }
  }

 private:
  void watch(Connection& connection, std::uint32_t interest, int operation) {
    epoll_event event{};
    event.events = interest;
    event.data.ptr = &connection;
    require(::epoll_ctl(epoll_, operation, connection.transport->fd(), &event) == 0, "epoll_ctl");
  }

  void open(Connection& connection) {
    --work_.left_to_send;
    connection.transport.emplace(work_.port, work_.tls);
    connection.sent = 0;
    connection.head_size = 0;
    connection.body_left = -1;
    connection.is_new = true;
    watch(connection, EPOLLOUT, EPOLL_CTL_ADD);
  }

  void turn(Connection& connection) {
    if (connection.sent < work_.request.size() && !send(connection)) return;
    while (receive(connection) && connection.transport->has_buffered()) {
    }
  }

  /// Whether the request is out. Interest changes once in a connection's life: later requests go out at once.
  bool send(Connection& connection) {
    const long sent =
        connection.transport->write(work_.request.data() + connection.sent, work_.request.size() - connection.sent);
    if (connection.is_new) watch(connection, EPOLLIN, EPOLL_CTL_MOD);  // also for the answers of a TLS handshake
    connection.is_new = false;
    if (sent == Transport::would_block) return false;
    connection.sent += static_cast<std::size_t>(sent);
    return connection.sent == work_.request.size();
  }

  bool receive(Connection& connection) {
    const long got = connection.transport->read(buffer_.data(), buffer_.size());
    if (got == Transport::would_block) return false;
    require(got > 0, "the server closed too early");
    std::string_view bytes(buffer_.data(), static_cast<std::size_t>(got));
    if (connection.body_left < 0 && !take_head(connection, bytes)) return true;
    work_.body_bytes += bytes.size();
    connection.body_left -= static_cast<std::int64_t>(bytes.size());
    return connection.body_left > 0 || finish(connection);
  }

  /// Takes the head off the front of `bytes`; false: it is not whole.
  bool take_head(Connection& connection, std::string_view& bytes) {
    const std::size_t before = connection.head_size;
    const std::size_t taken = std::min(bytes.size(), sizeof connection.head - before);
    std::memcpy(connection.head + before, bytes.data(), taken);
    connection.head_size += taken;
    const std::string_view head(connection.head, connection.head_size);
    const std::size_t end = head.find("\r\n\r\n");
    if (end == std::string_view::npos) return false;
    constexpr std::string_view name = "\nContent-Length: ";
    const std::size_t field = head.find(name);
    require(field < end, "Content-Length");
    std::from_chars(head.data() + field + name.size(), head.data() + end, connection.body_left);
    bytes.remove_prefix(end + 4 - before);
    return true;
  }

  /// The response is whole. Whether the connection goes on with the next request.
  bool finish(Connection& connection) {
    --work_.left_to_receive;
    if (work_.reconnect || work_.left_to_send == 0) {
      connection.transport.reset();
      if (work_.left_to_send > 0) open(connection);
      return false;
    }
    --work_.left_to_send;
    connection.sent = 0;
    connection.head_size = 0;
    connection.body_left = -1;
    require(send(connection), "send");
    return false;
  }

  Work& work_;
  int epoll_;
  std::vector<char> buffer_;
};

}  // namespace

int main(int argc, char** argv) {
  require(argc >= 5, "usage: bench_floor PORT PATH REQUESTS CONNECTIONS [--close] [--tls CA_FILE HOST [--resume]]");
  Work work{.port = std::atoi(argv[1]), .left_to_send = std::atol(argv[3]), .connections = std::atol(argv[4])};
  work.left_to_receive = work.left_to_send;
  work.request = "GET " + std::string(argv[2]) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  for (int i = 5; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--close") work.reconnect = true;
    if (word == "--tls" && i + 2 < argc) work.tls = &open_tls(argv[i + 1], argv[i + 2], false);
    if (word == "--resume" && work.tls != nullptr) work.tls = &open_tls(argv[i - 2], argv[i - 1], true);
  }
  Client(work).run();
  std::printf("%llu\n", static_cast<unsigned long long>(work.body_bytes));
}

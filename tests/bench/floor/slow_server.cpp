// bench_slow_server DELAY_MS BODY_BYTES PORT: answers each request after that long, on any number of connections,
// whatever it asks for. PORT may be 0. Says its port, and, ended by SIGTERM, how many connections and requests there
// were. DELAY_MS may be changed to 0 by SIGUSR1: then all that wait are answered, and what comes later at once.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <deque>
#include <string>
#include <string_view>

#include "require.hpp"

namespace {

using Clock = std::chrono::steady_clock;

volatile std::sig_atomic_t stopping = 0;
volatile std::sig_atomic_t answering_now = 0;

struct Answer {
  Clock::time_point due;
  int fd;
};

class SlowServer {
 public:
  SlowServer(std::chrono::milliseconds delay, std::size_t body_bytes, int port)
      : delay_(delay),
        epoll_(::epoll_create1(0)),
        listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)),
        answer_("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: " +
                std::to_string(body_bytes) + "\r\n\r\n" + std::string(body_bytes, 'x')) {
    // Any address of the loopback interface, and no other interface.
    ::setsockopt(listener_, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2);
    const int yes = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    require(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "bind");
    require(::listen(listener_, 65535) == 0, "listen");
    socklen_t size = sizeof address;
    require(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    watch(listener_);
  }

  void run() {
    epoll_event events[512];
    while (stopping == 0) {
      const int count = ::epoll_wait(epoll_, events, 512, timeout());
      require(count >= 0 || errno == EINTR, "epoll_wait");
      for (int i = 0; i < count; ++i) {
        if (events[i].data.fd == listener_) {
          accept_all();
        } else {
          receive(events[i].data.fd);
        }
      }
      answer_due();
    }
    std::printf("%lu %lu\n", connections_, requests_);
  }

 private:
  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    require(::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
  }

  [[nodiscard]] int timeout() const {
    if (waiting_.empty()) return -1;
    if (answering_now != 0) return 0;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(waiting_.front().due - Clock::now()).count();
    return left > 0 ? static_cast<int>(left) : 0;
  }

  void accept_all() {
    for (;;) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
      if (fd < 0) return require(errno == EAGAIN, "accept4");
      const int yes = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      ++connections_;
      watch(fd);
    }
  }

  /// The clients here send a request in one piece and wait for its answer, so each "\r\n\r\n" is a request.
  void receive(int fd) {
    char buffer[16 * 1024];
    const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0) {
      ::close(fd);
      return;
    }
    std::string_view bytes(buffer, static_cast<std::size_t>(got));
    for (std::size_t end = bytes.find("\r\n\r\n"); end != std::string_view::npos; end = bytes.find("\r\n\r\n")) {
      bytes.remove_prefix(end + 4);
      ++requests_;
      waiting_.push_back({.due = Clock::now() + delay_, .fd = fd});
    }
  }

  void answer_due() {
    const auto now = Clock::now();
    while (!waiting_.empty() && (waiting_.front().due <= now || answering_now != 0)) {
      // A client that is gone is told of by epoll; its number is in use again at worst by another that waits.
      [[maybe_unused]] const auto sent = ::send(waiting_.front().fd, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      waiting_.pop_front();
    }
  }

  std::chrono::milliseconds delay_;
  int epoll_;
  int listener_;
  std::string answer_;
  std::deque<Answer> waiting_;  // the delay is the same for all: in the order they are due
  unsigned long connections_ = 0;
  unsigned long requests_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  require(argc == 4, "usage: bench_slow_server DELAY_MS BODY_BYTES PORT");
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  struct sigaction action{};
  action.sa_handler = [](int signal) { (signal == SIGTERM ? stopping : answering_now) = 1; };
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGUSR1, &action, nullptr);
  SlowServer(std::chrono::milliseconds(std::atol(argv[1])), std::strtoul(argv[2], nullptr, 10), std::atoi(argv[3]))
      .run();
}

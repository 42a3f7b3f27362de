// hello_server PORT: the blocking half of a conversation, in the order every TCP server does it:
// socket, bind, listen, accept, then read and write.
//
//   $ hello_server 0            $ hello_client 40123
//   listening on port 40123     ok
//   received: hello
//
// It listens on 127.0.0.1 (port 0: the system picks a free one), waits for one client, reads "hello", answers "ok" and
// exits: 0 when all went well, 1 when something failed, 2 when it was called wrongly.
//
// Each call *blocks*: accept() until a client comes, recv() until bytes come. Meanwhile the program can do nothing
// else, not even serve a second client. docs/multiplexing.md shows the way from here to thousands of connections.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view greeting = "hello";
constexpr std::string_view answer = "ok";

/// Owns a socket and closes it at the end of the scope, whichever way the scope is left.
class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  [[nodiscard]] int fd() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

/// Says which call failed and why (errno); the result is main's.
int failed(const char* call) {
  std::cerr << "hello_server: " << call << ": " << std::strerror(errno) << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view argument = argc == 2 ? argv[1] : "";
  std::uint16_t port = 0;
  const auto [end, problem] = std::from_chars(argument.data(), argument.data() + argument.size(), port);
  if (argument.empty() || problem != std::errc() || end != argument.data() + argument.size()) {
    std::cerr << "usage: hello_server PORT   (0 to 65535; 0: any free port)\n";
    return 2;
  }

  // A stream of bytes over IPv4, which is TCP.
  const Socket listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!listener) return failed("socket");

  // Without this, a server that is started again has to wait until the old connections are forgotten (TIME_WAIT).
  const int on = 1;
  if (::setsockopt(listener.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return failed("setsockopt");

  // Addresses and ports travel with the most significant byte first: htonl and htons turn them round where needed.
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener.fd(), generic, size) != 0) return failed("bind");
  if (::listen(listener.fd(), SOMAXCONN) != 0) return failed("listen");

  // Only now is it known which port the system picked for 0. endl, because the reader may be a pipe that waits for it.
  if (::getsockname(listener.fd(), generic, &size) != 0) return failed("getsockname");
  std::cout << "listening on port " << ntohs(address.sin_port) << std::endl;

  // Blocks until a client connects. The listener stays what it was; the conversation has a socket of its own.
  const Socket client(::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!client) return failed("accept");

  // TCP keeps the order of bytes but no boundaries: "hello" may come in one piece or in five. 0 bytes: the other side
  // has finished sending.
  std::string received;
  std::array<char, 64> buffer;
  while (received.size() < greeting.size()) {
    const ssize_t count = ::recv(client.fd(), buffer.data(), greeting.size() - received.size(), 0);
    if (count < 0) return failed("recv");
    if (count == 0) break;
    received.append(buffer.data(), static_cast<std::size_t>(count));
  }
  if (received != greeting) {
    std::cerr << "hello_server: expected \"" << greeting << "\", but the client sent something else\n";
    return 1;
  }
  std::cout << "received: " << received << "\n";

  // Writing may take a part only, too. MSG_NOSIGNAL: a client that has gone is an error (EPIPE), not the end of us.
  for (std::string_view rest = answer; !rest.empty();) {
    const ssize_t count = ::send(client.fd(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count < 0) return failed("send");
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

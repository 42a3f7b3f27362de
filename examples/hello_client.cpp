// hello_client PORT: the other half of hello_server: socket, connect, then write and read.
//
// It connects to 127.0.0.1, sends "hello", prints the answer and exits: 0 when there was one, 1 when something failed,
// 2 when it was called wrongly. Like the server it blocks in every call: a server that never answers holds it for ever.

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

constexpr std::size_t longest_answer = 1024;

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
  std::cerr << "hello_client: " << call << ": " << std::strerror(errno) << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view argument = argc == 2 ? argv[1] : "";
  std::uint16_t port = 0;
  const auto [end, problem] = std::from_chars(argument.data(), argument.data() + argument.size(), port);
  if (argument.empty() || problem != std::errc() || end != argument.data() + argument.size() || port == 0) {
    std::cerr << "usage: hello_client PORT   (1 to 65535)\n";
    return 2;
  }

  const Socket server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!server) return failed("socket");

  // Blocks until the server's system has taken the connection, or refused it (ECONNREFUSED: nobody listens there).
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (::connect(server.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return failed("connect");

  // send() may take a part only: go on with the rest.
  for (std::string_view rest = "hello"; !rest.empty();) {
    const ssize_t count = ::send(server.fd(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count < 0) return failed("send");
    rest.remove_prefix(static_cast<std::size_t>(count));
  }

  // The answer is complete when the server closes the connection: recv() gives 0 then.
  std::string answer;
  std::array<char, 256> buffer;
  for (;;) {
    const ssize_t count = ::recv(server.fd(), buffer.data(), buffer.size(), 0);
    if (count < 0) return failed("recv");
    if (count == 0) break;
    answer.append(buffer.data(), static_cast<std::size_t>(count));
    if (answer.size() > longest_answer) {
      std::cerr << "hello_client: the answer is longer than " << longest_answer << " bytes\n";
      return 1;
    }
  }
  if (answer.empty()) {
    std::cerr << "hello_client: the server closed the connection without an answer\n";
    return 1;
  }
  std::cout << answer << "\n";
  return 0;
}

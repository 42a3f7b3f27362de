#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

#include "base/unique_fd.hpp"
#include "unit/http/http2_frames.hpp"

namespace nbcrawl {

/// A blocking socket that listens on a port of its own.
struct LoopbackListener {
  LoopbackListener() : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size);
    ::listen(fd.get(), 64);
    ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
    origin = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  UniqueFd fd;
  std::string origin;  ///< its URL, without a path
};

/// A blocking server on a thread of its own: answers each request with its path and closes the connection. Over HTTP/2
/// the first request of a connection alone is answered, with no body.
class PageServer {
 public:
  PageServer() : thread_([this] { serve(); }) {}
  ~PageServer() {
    ::shutdown(listener_.fd.get(), SHUT_RDWR);  // wakes accept()
    thread_.join();
  }
  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  [[nodiscard]] std::string url(const std::string& path) const { return listener_.origin + path; }
  [[nodiscard]] int served() const noexcept { return served_; }

 private:
  void serve() {
    for (;;) {
      const UniqueFd client(::accept(listener_.fd.get(), nullptr, nullptr));
      if (!client) return;
      std::string request;
      char buffer[4096];
      while (!request.contains("\r\n\r\n")) {
        const ssize_t got = ::recv(client.get(), buffer, sizeof buffer, 0);
        if (got <= 0) break;
        request.append(buffer, static_cast<std::size_t>(got));
      }
      if (!request.contains("\r\n\r\n")) continue;
      const std::size_t begin = request.find(' ') + 1;
      const std::string path = request.substr(begin, request.find(' ', begin) - begin);
      const std::string answer =
          request.starts_with("PRI ")  // what is sent first comes in one piece with the request
              ? settings() + headers(1, end_stream, {{":status", "200"}})
              : "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(path.size()) + "\r\n\r\n" +
                    path;
      ++served_;  // before: who has the answer may look
      [[maybe_unused]] const ssize_t sent = ::send(client.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    }
  }

  LoopbackListener listener_;
  std::atomic<int> served_ = 0;
  std::thread thread_;
};

}  // namespace nbcrawl

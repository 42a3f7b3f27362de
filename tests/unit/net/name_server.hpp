#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/unique_fd.hpp"
#include "socket_pair.hpp"

namespace nbcrawl {

/// What a name server says about one name.
struct NameAnswer {
  std::uint8_t code = 0;          ///< RFC 1035 section 4.1.1: 2 is a failure of the server, 3 an unknown name
  std::vector<std::string> ipv4;  ///< to questions for A
  std::vector<std::string> ipv6;  ///< to questions for AAAA
  std::uint32_t ttl = 60;         ///< of each
  bool needs_tcp = false;         ///< over UDP it says only that the answer does not fit
  bool is_silent = false;         ///< to every question
  bool is_silent_for_ipv4 = false;
  int silent_times_for_ipv4 = 0;  ///< to so many questions, the first of all names
  bool is_silent_for_ipv6 = false;
  bool is_cut_for_ipv6 = false;  ///< the answer ends before its end
  bool is_one_behind = false;    ///< over UDP it goes out when the next question comes
};

/// A name server on a thread of its own, over UDP and TCP on one port of the loopback interface.
class NameServer {
 public:
  explicit NameServer(std::map<std::string, NameAnswer> names);
  ~NameServer();
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] int udp_questions() const noexcept { return udp_questions_; }
  [[nodiscard]] int tcp_questions() const noexcept { return tcp_questions_; }

 private:
  void bind();
  void serve();
  void serve_udp();
  void serve_tcp();
  [[nodiscard]] NameAnswer answer_to(std::string_view question) const;

  std::map<std::string, NameAnswer> names_;
  UniqueFd udp_;
  UniqueFd tcp_;
  std::uint16_t port_ = 0;
  SocketPair stop_;
  std::atomic<int> udp_questions_ = 0;
  // Of the server's thread, over UDP.
  int ipv4_questions_ = 0;
  std::string held_;  // a question whose answer is one behind
  std::atomic<int> tcp_questions_ = 0;
  std::thread thread_;
};

}  // namespace nbcrawl

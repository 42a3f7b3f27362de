#include "name_server.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstdlib>

#include "listener.hpp"

namespace nbcrawl {
namespace {

constexpr std::size_t header_bytes = 12;
constexpr std::size_t longest_message = 65'535;

void append(std::string& out, std::initializer_list<unsigned> bytes) {
  for (const unsigned byte : bytes) out += static_cast<char>(byte);
}

std::size_t at(std::string_view message, std::size_t i) { return static_cast<unsigned char>(message[i]); }

// Where the name that is asked for ends: it is the first behind the header.
std::size_t name_end(std::string_view question) {
  std::size_t end = header_bytes;
  while (at(question, end) != 0) end += at(question, end) + 1;
  return end + 1;
}

std::string name_in(std::string_view question) {
  std::string name;
  for (std::size_t i = header_bytes; at(question, i) != 0; i += at(question, i) + 1) {
    if (!name.empty()) name += '.';
    name += question.substr(i + 1, at(question, i));
  }
  return name;
}

bool is_for_ipv4(std::string_view question) {
  const std::size_t end = name_end(question);
  return at(question, end) == 0 && at(question, end + 1) == 1;
}

std::string reply(std::string_view question, const NameAnswer& answer, bool truncated) {
  constexpr std::size_t type_and_class = 4;
  const std::size_t end = name_end(question);
  const int family = is_for_ipv4(question) ? AF_INET : AF_INET6;
  const std::vector<std::string>& addresses = family == AF_INET ? answer.ipv4 : answer.ipv6;
  const std::size_t count = truncated ? 0 : addresses.size();
  std::string message(question.substr(0, 2));
  append(message, {truncated ? 0x87U : 0x85U, 0x80U | answer.code, 0, 1, static_cast<unsigned>(count >> 8U),
                   static_cast<unsigned>(count & 0xFFU), 0, 0, 0, 0});
  message += question.substr(header_bytes, end + type_and_class - header_bytes);
  for (std::size_t i = 0; i < count; ++i) {
    in6_addr address{};  // has room for one of IPv4
    ::inet_pton(family, addresses[i].c_str(), &address);
    const unsigned size = family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr);
    append(message, {0xC0, header_bytes, 0, family == AF_INET ? 1U : 28U, 0, 1, answer.ttl >> 24U,
                     answer.ttl >> 16U & 0xFFU, answer.ttl >> 8U & 0xFFU, answer.ttl & 0xFFU, 0, size});
    message.append(reinterpret_cast<const char*>(&address), size);
  }
  if (family == AF_INET6 && answer.is_cut_for_ipv6) message.pop_back();
  return message;
}

}  // namespace

NameServer::NameServer(std::map<std::string, NameAnswer> names) : names_(std::move(names)) {
  // Where the test says nothing else, in place of what the machine's resolv.conf has.
  ::setenv("LOCALDOMAIN", "search.test", 0);
  ::setenv("RES_OPTIONS", "ndots:1", 0);
  bind();
  thread_ = std::thread([this] { serve(); });
}

NameServer::~NameServer() {
  stop_.ours.reset();
  thread_.join();
}

void NameServer::bind() {
  for (bool is_bound = false; !is_bound;) {  // until the port that UDP got is free for TCP
    udp_ = new_socket(AF_INET, SOCK_DGRAM);
    tcp_ = new_socket(AF_INET);
    const Address any = *Address::parse("127.0.0.1", 0);
    REQUIRE(::bind(udp_.get(), any.data(), any.size()) == 0);
    const Address address = local_address(udp_.get());
    is_bound = ::bind(tcp_.get(), address.data(), address.size()) == 0 && ::listen(tcp_.get(), 8) == 0;
    port_ = address.port();
  }
}

void NameServer::serve() {
  std::array<pollfd, 3> watched{{{.fd = udp_.get(), .events = POLLIN, .revents = 0},
                                 {.fd = tcp_.get(), .events = POLLIN, .revents = 0},
                                 {.fd = stop_.theirs.get(), .events = POLLIN, .revents = 0}}};
  while (::poll(watched.data(), watched.size(), -1) >= 0 && watched[2].revents == 0) {
    if (watched[0].revents != 0) serve_udp();
    if (watched[1].revents != 0) serve_tcp();
  }
}

void NameServer::serve_udp() {
  std::string question(longest_message, '\0');
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  const ssize_t got =
      ::recvfrom(udp_.get(), question.data(), question.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
  if (got < 0) return;
  question.resize(static_cast<std::size_t>(got));
  ++udp_questions_;
  const NameAnswer answer = answer_to(question);
  const bool is_silent = is_for_ipv4(question)
                             ? answer.is_silent_for_ipv4 || ipv4_questions_++ < answer.silent_times_for_ipv4
                             : answer.is_silent_for_ipv6;
  if (answer.is_one_behind) question.swap(held_);  // all come from the one socket of the one channel
  if (answer.is_silent || is_silent || question.empty()) return;
  const std::string message = reply(question, answer, answer.needs_tcp);
  ::sendto(udp_.get(), message.data(), message.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
}

void NameServer::serve_tcp() {
  const UniqueFd client(::accept4(tcp_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  std::array<unsigned char, 2> size{};
  while (client && ::recv(client.get(), size.data(), size.size(), MSG_WAITALL) == 2) {
    std::string question(std::size_t{size[0]} << 8U | size[1], '\0');
    if (::recv(client.get(), question.data(), question.size(), MSG_WAITALL) < 0) return;
    ++tcp_questions_;
    const std::string message = reply(question, answer_to(question), false);
    std::string framed;
    append(framed, {static_cast<unsigned>(message.size() >> 8U), static_cast<unsigned>(message.size() & 0xFFU)});
    framed += message;
    ::send(client.get(), framed.data(), framed.size(), MSG_NOSIGNAL);
  }
}

NameAnswer NameServer::answer_to(std::string_view question) const {
  const auto found = names_.find(name_in(question));
  return found != names_.end() ? found->second : NameAnswer{.code = 3};
}

}  // namespace nbcrawl

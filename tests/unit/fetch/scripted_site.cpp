#include "scripted_site.hpp"

#include <array>

namespace nbcrawl {

void ScriptedSite::serve() {
  std::vector<UniqueFd> clients;
  std::vector<pollfd> watched;
  for (;;) {
    watched.assign({{.fd = stop_.theirs.get(), .events = POLLIN, .revents = 0},
                    {.fd = listener_.fileno(), .events = POLLIN, .revents = 0}});
    for (const UniqueFd& client : clients) watched.push_back({.fd = client.get(), .events = POLLIN, .revents = 0});
    if (::poll(watched.data(), watched.size(), -1) < 0) return;
    if (watched[0].revents != 0) {
      char command = 0;
      if (::recv(stop_.theirs.get(), &command, 1, 0) <= 0) return;
      clients.clear();
      continue;
    }
    for (std::size_t i = clients.size(); i > 0; --i) {
      if (watched[i + 1].revents != 0 && !answer(clients[i - 1].get()))
        clients.erase(clients.begin() + static_cast<std::ptrdiff_t>(i - 1));
    }
    if (watched[1].revents != 0) {
      if (UniqueFd client = listener_.accept()) {
        ++accepted_;
        clients.push_back(std::move(client));
      }
    }
  }
}

bool ScriptedSite::answer(int client) {
  std::array<char, 4096> buffer{};
  const ssize_t got = ::recv(client, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  const std::string request(buffer.data(), static_cast<std::size_t>(got));  // small enough to come in one piece
  const std::size_t begin = request.find(' ') + 1;
  const std::string path = request.substr(begin, request.find(' ', begin) - begin);
  if (path == "/hang-up") return false;
  if (path == "/silent") return true;
  const bool closes = path == "/close";
  const std::string body = path == "/half" || path == "/whole" ? std::string(200'000, 'x') : path;
  std::string response = std::string("HTTP/1.1 200 OK\r\n") + (closes ? "Connection: close\r\n" : "") +
                         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  if (path == "/half") response.resize(response.size() - body.size() / 2);
  ::send(client, response.data(), response.size(), MSG_NOSIGNAL);
  return !closes;
}

}  // namespace nbcrawl

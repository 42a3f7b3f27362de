#include "nbcrawl/server.hpp"

#include <utility>

#include "base/field_syntax.hpp"
#include "base/quantity.hpp"
#include "io/event_loop.hpp"
#include "io/mailbox.hpp"
#include "io/multiplexer_choice.hpp"
#include "io/sigpipe_blocked.hpp"
#include "serve/directory_route.hpp"
#include "serve/file_answer.hpp"
#include "serve/http_server.hpp"

namespace nbcrawl {

namespace {

Error failure(ErrorKind kind, std::string detail) {
  return {.kind = kind, .phase = Phase::job, .detail = std::move(detail)};
}

/// Those that a program may set.
void add_fields(Answer& answer, const Fields& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!is_reserved_field(fields[i].name)) answer.add_field(fields[i].name, fields[i].value);
  }
}

void move_reply(Reply& reply, Answer& answer) {
  bool sound = reply.status >= 200 && reply.status <= 599 && is_field_value(reply.content_type);
  for (std::size_t i = 0; sound && i < reply.fields.size(); ++i) {
    sound = is_token(reply.fields[i].name) && is_field_value(reply.fields[i].value);
  }
  if (!sound) {
    answer.fail(500);
    return;
  }
  answer.status = reply.status;
  answer.delay = bounded(reply.delay);
  answer.close = reply.close;
  add_fields(answer, reply.fields);
  if (!reply.file.empty()) {
    answer_with_file_at(answer, reply.file, reply.content_type);
    return;
  }
  if (!reply.content_type.empty() && !has_no_content(reply.status))
    answer.add_field("Content-Type", reply.content_type);
  answer.body = std::move(reply.body);
}

}  // namespace

/// Routes wait in a table of their own until listen() creates the rest.
struct Server::Parts {
  explicit Parts(ServerOptions wanted) : options(std::move(wanted)) {
    for (auto* timeout :
         {&options.request_timeout, &options.idle_timeout, &options.write_timeout, &options.drain_timeout}) {
      *timeout = bounded(*timeout);
    }
  }

  Result<> create() {
    auto created = EventLoop::create(multiplexer_kind(options.multiplexer));
    if (!created) return std::unexpected(std::move(created.error()));
    auto mailbox = Mailbox::create(**created);
    if (!mailbox) return std::unexpected(std::move(mailbox.error()));
    loop = std::move(*created);
    inbox = std::move(*mailbox);
    http = std::make_unique<HttpServer>(*loop, options);
    http->routes() = std::move(waiting_routes);
    return {};
  }

  RouteTable& routes() { return http ? http->routes() : waiting_routes; }

  ServerOptions options;
  RouteTable waiting_routes;
  std::unique_ptr<EventLoop> loop;  // outlives what follows
  std::unique_ptr<Mailbox> inbox;
  std::unique_ptr<HttpServer> http;
};

Server::Server(ServerOptions options) : parts_(std::make_unique<Parts>(std::move(options))) {}
Server::~Server() = default;
Server::Server(Server&&) noexcept = default;
Server& Server::operator=(Server&&) noexcept = default;

void Server::route(std::string path, Handler handler, std::vector<std::string> methods) {
  parts_->routes().add(
      std::move(path),
      [handler = std::move(handler)](const Request& request, Answer& answer) mutable {
        if (!handler) return answer.fail(500);
        Reply reply;
        handler(request, reply);
        move_reply(reply, answer);
      },
      std::move(methods));
}

Result<> Server::directory(std::string prefix, const std::string& folder) {
  auto handler = directory_route(folder, prefix);
  if (!handler) return std::unexpected(std::move(handler.error()));
  parts_->routes().add_prefix(std::move(prefix), std::move(*handler));
  return {};
}

Result<std::uint16_t> Server::listen(std::string_view ip, std::uint16_t port) {
  const auto address = Address::parse(ip, port);
  if (!address) return std::unexpected(failure(ErrorKind::invalid_job, "not an IP address: " + std::string(ip)));
  if (!parts_->http) {
    if (auto created = parts_->create(); !created) return std::unexpected(std::move(created.error()));
  }
  auto bound = parts_->http->listen(*address);
  if (!bound) return std::unexpected(std::move(bound.error()));
  return bound->port();
}

Result<> Server::run() {
  if (!parts_->http || !parts_->http->listens())
    return std::unexpected(failure(ErrorKind::system_failed, "the server listens to nothing"));
  const SigpipeBlocked sigpipe_blocked;
  parts_->http->begin();
  while (!parts_->http->finished()) {
    if (auto pass = parts_->loop->run_once(); !pass) return pass;
  }
  return {};
}

void Server::stop() {
  parts_->inbox->post([http = parts_->http.get()] { http->drain(); });
}

}  // namespace nbcrawl

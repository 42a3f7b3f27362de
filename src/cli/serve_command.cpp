#include "cli/serve_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "base/escape.hpp"
#include "cli/descriptor_limit.hpp"
#include "cli/file_clash.hpp"
#include "cli/option_types.hpp"
#include "crawl/exit_status.hpp"
#include "io/event_loop.hpp"
#include "io/multiplexer_choice.hpp"
#include "io/signals.hpp"
#include "io/sigpipe_blocked.hpp"
#include "serve/access_log.hpp"
#include "serve/http_server.hpp"
#include "serve/routes_file.hpp"

namespace nbcrawl {

namespace {

constexpr std::uint16_t default_port = 8080;

int complain(const Error& error, int status) {
  std::fprintf(stderr, "nbcrawl serve: %s\n", escape_for_terminal(error.detail).c_str());
  return status;
}

/// Each client is a descriptor, and each file that is being sent: as many as the system lets an ordinary process have.
constexpr std::uint64_t wanted_descriptors = 65'536;

/// What happened while the server ran, for the summary.
struct Tally {
  std::uint64_t responses = 0;
  std::uint64_t body_bytes = 0;
};

/// Runs the loop until a signal's drain is over, or a second signal cuts it short. Returns the exit status.
int serve_until_signal(EventLoop& loop, HttpServer& server) {
  int received = 0;
  bool again = false;
  auto signals = Signals::watch(loop, std::array{SIGINT, SIGTERM}, [&](int signal) {
    again = received != 0;
    received = signal;
    server.drain();
  });
  if (!signals) return complain(signals.error(), exit_status::other_failure);
  const std::string url = "http://" + server.address().to_string();
  if (std::printf("listening on %s\n", url.c_str()) < 0 || std::fflush(stdout) != 0) {
    return complain({.kind = ErrorKind::output_failed,
                     .phase = Phase::output,
                     .sys_errno = errno,
                     .detail = std::string("can't write standard output: ") + std::strerror(errno)},
                    exit_status::file_output);
  }
  while (!server.finished() && !again) {
    if (auto pass = loop.run_once(); !pass) return complain(pass.error(), exit_status::other_failure);
  }
  return exit_status::signal_base + received;
}

/// The routes file's address, with what the command line says instead.
Result<Address> address_to_bind(const ServeSettings& settings, const std::optional<Address>& from_file) {
  const std::uint16_t port = settings.port.value_or(from_file ? from_file->port() : default_port);
  std::string ip = from_file ? from_file->ip() : "127.0.0.1";
  if (!settings.bind.empty()) ip = settings.bind;
  if (const auto address = Address::parse(ip, port)) return *address;
  return std::unexpected(
      Error{.kind = ErrorKind::invalid_job, .phase = Phase::job, .detail = "--bind: not an IP address: " + ip});
}

/// The exit status: the server's own where the access log is whole.
int tell_of_lost_lines(AccessLog& log, const std::string& path, int status) {
  log.finish();
  if (log.lost_lines() == 0) return status;
  return complain({.kind = ErrorKind::output_failed,
                   .phase = Phase::output,
                   .sys_errno = log.cause_of_loss(),
                   .detail = std::to_string(log.lost_lines()) + " lines are missing in the access log " + path + ": " +
                             std::strerror(log.cause_of_loss())},
                  exit_status::file_output);
}

/// Everything but what the process is set up with.
int serve(const ServeSettings& settings, RoutesFile& file, Tally& tally) {
  const auto address = address_to_bind(settings, file.listen);
  if (!address) return complain(address.error(), exit_status::usage);
  auto loop = EventLoop::create(multiplexer_kind(settings.multiplexer));
  if (!loop) return complain(loop.error(), exit_status::other_failure);
  std::unique_ptr<AccessLog> log;
  if (!settings.access_log.empty()) {
    auto opened = AccessLog::open(**loop, settings.access_log);
    if (!opened) return complain(opened.error(), exit_status::file_output);
    log = std::move(*opened);
  }
  HttpServer server(**loop, {});
  server.routes() = std::move(file.routes);
  server.on_served([&](const ServedRequest& served) {
    ++tally.responses;
    tally.body_bytes += served.body_bytes;
    if (log) log->write(served);
  });
  if (auto bound = server.listen(*address); !bound) return complain(bound.error(), exit_status::network);
  const int status = serve_until_signal(**loop, server);
  return log ? tell_of_lost_lines(*log, settings.access_log, status) : status;
}

}  // namespace

CLI::App* add_serve_command(CLI::App& app, ServeSettings& settings) {
  CLI::App* serve = app.add_subcommand("serve", "Serve the routes of a JSON file over HTTP");
  serve->add_option("ROUTES.json", settings.routes_file, "What is served at which path; - is standard input")
      ->required();
  add_count_option(*serve, "--port", settings.port, {.least = 0, .most = 65'535}, "Port; 0 lets the system choose one")
      ->option_text("N [the file's, else 8080]");
  serve->add_option("--bind", settings.bind, "IP address to listen on")->option_text("IP [the file's, else 127.0.0.1]");
  add_multiplexer_option(*serve, settings.multiplexer);
  add_file_option(*serve, "--access-log", settings.access_log,
                  "Append a line for each response to this file; - is standard error");
  serve->add_flag("-q,--quiet", settings.quiet, "No summary at the end");
  return serve;
}

int run_serve(const ServeSettings& settings) {
  raise_descriptor_limit(wanted_descriptors);
  const SigpipeBlocked sigpipe_blocked;
  if (auto good = check_file_clash(settings); !good) return complain(good.error(), exit_status::usage);
  auto file = load_routes(settings.routes_file);
  if (!file) return complain(file.error(), exit_status::usage);
  Tally tally;
  const int status = serve(settings, *file, tally);
  if (!settings.quiet && status >= exit_status::signal_base) {
    std::fprintf(stderr, "nbcrawl serve: %llu response%s, %llu bytes of body\n",
                 static_cast<unsigned long long>(tally.responses), tally.responses == 1 ? "" : "s",
                 static_cast<unsigned long long>(tally.body_bytes));
  }
  return status;
}

}  // namespace nbcrawl

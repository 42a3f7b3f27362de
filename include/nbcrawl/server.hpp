#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nbcrawl/error.hpp"
#include "nbcrawl/fields.hpp"
#include "nbcrawl/options.hpp"
#include "nbcrawl/request.hpp"

namespace nbcrawl {

/// The bounds of a server. Clients are as hostile as the pages a crawler fetches: each of them costs a bounded amount
/// of memory and time.
struct ServerOptions {
  MultiplexerChoice multiplexer = MultiplexerChoice::automatic;
  /// Clients connected at once. Beyond it others wait in the system's queue, idle connections are closed to make room,
  /// and none is kept after its request. Lowered to what the limit on descriptors allows.
  std::size_t max_clients = 10'000;
  std::size_t max_head_bytes = 64 * 1024;             ///< exceeded: 431
  std::uint64_t max_body_bytes = 1024 * 1024;         ///< of a request; exceeded: 413
  std::chrono::milliseconds request_timeout{10'000};  ///< from a request's first byte to its last; exceeded: 408
  std::chrono::milliseconds idle_timeout{30'000};     ///< before a request's first byte
  std::chrono::milliseconds write_timeout{30'000};    ///< without the client taking a byte of its response
  std::chrono::milliseconds drain_timeout{2'000};     ///< after stop(), for what is in flight
};

/// What a handler answers with. Date, Connection, Content-Length and Transfer-Encoding are the server's to add, and
/// Content-Type is `content_type`: fields of these names are left out. A field that is not one (RFC 9110 section 5)
/// turns the answer into 500. With the statuses 204, 205 and 304, which have no content, `body` and `file` are not
/// sent.
struct Reply {
  int status = 200;
  std::string content_type = "text/html; charset=utf-8";  ///< empty: none
  Fields fields = {};
  std::string body = {};
  std::string file = {};               ///< path of a regular file to stream instead of `body`
  std::chrono::milliseconds delay{0};  ///< before the response begins; other clients are served meanwhile
  bool close = false;                  ///< close the connection after this response
};

/// An HTTP/1.1 server (RFC 9110, RFC 9112): one loop on one thread asks a multiplexer which clients are ready, and none
/// of them holds up another. Paths lead to functions; the rest gets 404, other methods than a route's get 405.
///
/// All calls but stop() belong to the thread that calls run().
class Server {
 public:
  /// What it throws becomes a 500, as does one that is empty.
  using Handler = std::move_only_function<void(const Request&, Reply&)>;

  explicit Server(ServerOptions options = {});
  ~Server();
  Server(Server&&) noexcept;
  Server& operator=(Server&&) noexcept;

  /// Calls `handler` for this very path (percent-decoded, without query). GET includes HEAD. A path that has a route
  /// already gets the new one.
  void route(std::string path, Handler handler, std::vector<std::string> methods = {"GET"});

  /// Serves the regular files below `folder` at the paths below `prefix`, which begins and ends with "/"; never one
  /// outside of it, whatever the path or a symbolic link says. Errors: system_failed where the folder can't be opened;
  /// invalid_job where the prefix does not.
  Result<> directory(std::string prefix, const std::string& folder);

  /// Binds an IP address, in place of the one it was bound to, or again after run() has returned; port 0 lets the
  /// system choose. Returns the port. Errors: invalid_job where the address is not one; system_failed,
  /// out_of_descriptors.
  Result<std::uint16_t> listen(std::string_view ip = "127.0.0.1", std::uint16_t port = 0);

  /// Serves until stop(), which ends the listening too: to serve again, call listen() and run() again. SIGPIPE is
  /// blocked in the meantime, in this thread. Errors: system_failed where the loop can't go on, or nothing is
  /// listened to.
  Result<> run();

  /// Makes run() finish what is in flight and return. From any thread, and from handlers, but not from a signal
  /// handler; listen() must have returned. Where no run is under way, it stops the next one as it begins.
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace nbcrawl

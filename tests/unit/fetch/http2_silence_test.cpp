// What waits for a free stream of an HTTP/2 connection is not lost with it.
#include <array>
#include <deque>
#include <functional>

#include "fetching.hpp"
#include "unit/http/http2_frames.hpp"
#include "unit/net/socket_pair.hpp"

using namespace nbcrawl;

namespace {

constexpr std::size_t preface_bytes = 24;
constexpr milliseconds shortly{100};

/// The server's end of a connection: notes what the client says.
struct Peer {
  void say(const std::string& bytes) const {
    REQUIRE(::send(pair.theirs.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  }
  void hear() {
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::recv(pair.theirs.get(), buffer.data(), buffer.size(), 0)) > 0;)
      unread.append(buffer.data(), static_cast<std::size_t>(got));
    while (!heard_preface ? unread.size() >= preface_bytes : unread.size() >= 9 && unread.size() >= 9 + length()) {
      if (heard_preface) note(unread[3], unread[4], unread.substr(9, length()));
      unread.erase(0, heard_preface ? 9 + length() : preface_bytes);
      heard_preface = true;
    }
  }

  SocketPair pair;
  std::size_t requests = 0;
  std::size_t whole = 0;  // of these
  std::string bodies;
  bool knows_settings = false;  // the client does

 private:
  [[nodiscard]] std::size_t length() const noexcept { return static_cast<unsigned char>(unread[2]); }  // all are short
  void note(char type, char flags, const std::string& payload) {
    if (type == headers_frame) ++requests;
    if (type == data_frame) bodies += payload;
    if ((type == headers_frame || type == data_frame) && (flags & end_stream) != 0) ++whole;
    if (type == settings_frame && (flags & ack) != 0) knows_settings = true;
  }

  std::string unread;
  bool heard_preface = false;
};

/// Jobs to a host whose first connection is silent but for what it begins with. Any other one answers all.
struct SilentHost {
  explicit SilentHost(std::string first_words) : hello(std::move(first_words)) {
    FetchOptions options{.max_time = shortly, .http_version = HttpVersion::http2_prior_knowledge};
    options.dial = [this](EventLoop& loop, const std::vector<Address>& addresses, Dialer::Reach, Dialer::OnDone done) {
      Peer& peer = peers.emplace_back();
      peer.say(peers.size() == 1 ? hello : settings());
      Dialed dialed{.stream = std::make_unique<TcpStream>(std::move(peer.pair.ours)), .peer = addresses.front()};
      loop.post([done = std::move(done), dialed = std::move(dialed)]() mutable { done(std::move(dialed)); });
      return std::make_unique<Dial>();
    };
    fetching.emplace(std::move(options));
  }
  void start(const std::string& id, const std::string& body = {}, milliseconds timeout = shortly) {
    auto options = std::make_unique<JobOptions>();
    if (!body.empty()) options->body = body;
    options->timeout = timeout;
    fetching->start(id, "http://127.0.0.1/", std::move(options));
  }
  void run_until(const std::function<bool()>& condition) {
    while (!condition()) {
      REQUIRE(fetching->loop->run_once().has_value());
      for (Peer& peer : peers) peer.hear();
      for (std::size_t i = 1; i < peers.size(); ++i) answer(peers[i], answered[i]);
    }
  }
  [[nodiscard]] std::string end_of(const std::string& id) const {
    const auto& outcome = fetching->ended.at(id).outcome;
    return outcome ? "" : std::string(code(outcome.error().kind));
  }

  std::string hello;
  std::deque<Peer> peers;
  std::optional<Fetching> fetching;

 private:
  static void answer(const Peer& peer, std::size_t& done) {
    for (; done < peer.whole; ++done)
      peer.say(headers(static_cast<std::uint32_t>(2 * done + 1), end_stream, {{":status", "200"}}));
  }

  std::map<std::size_t, std::size_t> answered;
};

}  // namespace

TEST_CASE("what waits for a free stream of a connection that falls silent is sent on another one, once") {
  SilentHost host(settings({{3, 1}}));
  host.start("first");
  host.run_until([&] { return host.peers.size() == 1 && host.peers[0].knows_settings; });
  host.start("get");
  host.start("post", "once");
  host.run_until([&] { return host.fetching->ended.size() == 3; });
  CHECK(host.end_of("first") == "timeout");
  CHECK(host.end_of("get").empty());
  CHECK(host.end_of("post").empty());
  REQUIRE(host.peers.size() == 2);
  CHECK(host.peers[0].requests == 1);
  CHECK(host.peers[1].requests == 2);
  CHECK(host.peers[1].bodies == "once");
}

TEST_CASE("nor need the server have said how many streams it allows") {
  SilentHost host("");
  constexpr int until_it_has = 100;  // what nghttp2 takes for granted
  for (int i = 0; i < until_it_has; ++i) host.start("sent " + std::to_string(i));
  host.start("waits");
  host.run_until([&] { return host.fetching->ended.size() == until_it_has + 1; });
  CHECK(host.end_of("sent 99") == "timeout");
  CHECK(host.end_of("waits").empty());
  REQUIRE(host.peers.size() == 2);
  CHECK(host.peers[0].requests == until_it_has);
}

TEST_CASE("where the server was heard meanwhile, a job that fails leaves those that wait where they are") {
  SilentHost host(settings({{3, 2}}));
  host.start("quick");
  host.start("slow", {}, 5 * shortly);
  host.run_until([&] { return host.peers.size() == 1 && host.peers[0].knows_settings; });
  host.start("waits");
  Timer life(host.fetching->loop->timers(), [&] { host.peers[0].say(frame(ping_frame, 0, 0, "12345678")); });
  life.arm(Clock::now() + 3 * shortly / 4);
  host.run_until([&] { return host.peers[0].requests == 3 || host.peers.size() > 1; });
  CHECK(host.end_of("quick") == "timeout");
  CHECK(host.peers.size() == 1);
}

TEST_CASE("what waits ends with all else in an abort, and no connection is opened for it") {
  SilentHost host(settings({{3, 1}}));
  host.start("first");
  host.run_until([&] { return host.peers.size() == 1 && host.peers[0].knows_settings; });
  host.start("waits");
  bool is_silent = false;
  Timer silence(host.fetching->loop->timers(), [&] { is_silent = true; });
  silence.arm(Clock::now() + shortly / 2);
  host.run_until([&] { return is_silent; });
  host.fetching->fetcher.abort_all(Error{.kind = ErrorKind::interrupted, .phase = Phase::job, .detail = "stopped"});
  CHECK(host.end_of("first") == "interrupted");
  CHECK(host.end_of("waits") == "interrupted");
  CHECK(host.peers.size() == 1);
}

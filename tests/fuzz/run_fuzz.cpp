// A whole run, from its jobs to its records, over a network that the input plays: eight bytes of settings, then what
// happens. However it goes, the run ends; each job has one record; counts agree; and a page that is a success is one
// that a server has sent for this very job, whole.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "crawl/run.hpp"
#include "fake_network.hpp"
#include "fuzz_input.hpp"
#include "sinks/ordered_sink.hpp"
#include "string_output.hpp"

namespace nbcrawl {

Clock::time_point Clock::now() noexcept { return played_time; }

namespace {

constexpr std::size_t most_jobs = 12;

struct Settings {
  explicit Settings(Script& script) {
    jobs = 1 + script.next() % most_jobs;
    const std::size_t flags = script.next();
    posts = (flags & 1U) != 0;
    ordered = (flags & 2U) != 0;
    stops = (flags & 4U) != 0;
    options.concurrency = 1 + script.next() % 6;
    options.per_host = 1 + script.next() % 3;
    options.retries = static_cast<std::uint32_t>(script.next() % 3);
    options.max_redirects = static_cast<std::uint32_t>(script.next() % 4);
    const std::size_t pace = script.next();
    if (pace % 4 == 1) options.limit_rate = 100 + pace * 100;
    if (pace % 4 == 2) options.speed_limit = pace * 10;
    options.speed_time = milliseconds(1500);
    if (const std::size_t errors = script.next(); errors % 4 == 1)
      options.max_errors = ErrorBudget{.most = errors / 64, .is_percent = false};
    options.callbacks = {"raw"};
    options.connect_timeout = milliseconds(2000);
    options.max_time = milliseconds(5000);
    options.proxy = "";           // whatever the environment says
    options.tls.insecure = true;  // no certificates are read
    options.dns_servers = "127.0.0.1:9";
    options.limits.max_header_bytes = 512;
    options.limits.max_body_bytes = 30'000;
    options.limits.max_idle_connections = 3;
  }

  Options options;
  std::size_t jobs = 0;
  bool posts = false;
  bool ordered = false;
  bool stops = false;  ///< it is told to stop in the middle
};

/// What servers have said. A job is wild once something it was told could mean anything.
class Servers {
 public:
  explicit Servers(Script& script) : script_(script) {}

  /// Answers each request that has come whole.
  void serve(Link& link) {
    while (true) {
      const std::size_t end = link.received.find("\r\n\r\n");
      if (end == std::string::npos || link.ends || link.is_reset) return;
      const std::string head = link.received.substr(0, end + 4);
      const std::size_t body = head.contains("Content-Length: 4\r\n") ? 4 : 0;  // of every POST
      if (link.received.size() < head.size() + body) return;
      link.received.erase(0, head.size() + body);
      answer(link, head);
    }
  }

  void check_body(std::uint64_t job, std::string_view body) const {
    if (wild_ || body.empty()) return;  // a 304 has no body
    const auto sent = sent_.find(job);
    require(sent != sent_.end() && sent->second.contains(std::string(body)));
  }
  /// A request that may not be repeated is not.
  void check_posts() const {
    if (wild_) return;
    for (const auto& [job, count] : posts_) require(count == 1);
  }

 private:
  std::string new_body(std::uint64_t job) {
    constexpr std::size_t sizes[] = {0, 300, 17'000, 40'000};
    std::string body = "job " + std::to_string(job) + ", page " + std::to_string(++pages_) + ": ";
    body.append(sizes[script_.next() % 4], 'x');
    sent_[job].insert(body);
    return body;
  }

  static std::string head(std::string_view status, std::string_view fields) {
    return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(fields) + "\r\n";
  }
  static std::string counted(const std::string& body) {
    return head("200 OK", "Content-Length: " + std::to_string(body.size()) + "\r\n") + body;
  }
  std::string chunked(const std::string& body) {
    std::string message = head("200 OK", "Transfer-Encoding: chunked\r\n");
    const std::size_t piece = 1 + script_.next() * 64;
    for (std::size_t begin = 0; begin < body.size(); begin += piece) {
      const std::string_view chunk = std::string_view(body).substr(begin, piece);
      std::array<char, 32> size;
      const char* const end = std::to_chars(size.data(), size.data() + size.size(), chunk.size(), 16).ptr;
      message.append(std::string_view(size.data(), end)).append("\r\n").append(chunk).append("\r\n");
    }
    return message + "0\r\n\r\n";
  }

  void answer(Link& link, std::string_view request) {
    const std::size_t at = request.find("/j");
    const std::uint64_t job = at == std::string_view::npos ? 0 : std::strtoull(request.data() + at + 2, nullptr, 10);
    if (request.starts_with("POST")) ++posts_[job];
    std::string& out = link.on_its_way;
    switch (script_.next() % 16) {
      case 4: out += chunked(new_body(job)); return;
      case 5:
        out += head("200 OK", "Connection: close\r\n") + new_body(job);
        link.ends = true;
        return;
      case 6:
        out += head("302 Found", "Location: http://10.0.0." + std::to_string(1 + script_.next() % 3) + "/j" +
                                     std::to_string(job) + "\r\nContent-Length: 0\r\n");
        return;
      case 7: out += head("503 No", "Content-Length: 0\r\n"); return;
      case 8:
        out += head("429 Slower", "Retry-After: " + std::to_string(script_.next() % 8) + "\r\nContent-Length: 0\r\n");
        return;
      case 9: out += head("103 Early Hints", "X: y\r\n") + counted(new_body(job)); return;
      case 10:  // anything at all
        wild_ = true;
        out += script_.take(script_.next());
        link.ends = script_.next() % 2 == 1;
        return;
      case 11: link.ends = true; return;
      case 12: link.reset(); return;
      case 13: return;  // it never answers
      case 14:          // more than was asked for: the answer to whatever comes next may be that
        wild_ = true;
        out += counted(new_body(job)) + counted("unasked");
        return;
      case 15: out += head("304 Not Modified", ""); return;
      default: out += counted(new_body(job)); return;
    }
  }

  Script& script_;
  bool wild_ = false;
  std::uint64_t pages_ = 0;
  std::map<std::uint64_t, std::set<std::string>> sent_;
  std::map<std::uint64_t, int> posts_;
};

/// Holds every record against what may be.
class CheckingSink final : public Sink {
 public:
  CheckingSink(Output& output, const Servers& servers, const Settings& settings)
      : output_(output), servers_(servers), settings_(settings) {}
  Result<> write(const Record& record) override {
    require(record.index < settings_.jobs && done_.insert(record.index).second);
    if (!record.ok()) {
      require(!record.error->detail.empty());
    } else if (record.response->status == 200) {
      servers_.check_body(record.index, record.body);
    }
    const char index = static_cast<char>('a' + record.index);
    const std::array pieces{std::string_view(&index, 1)};
    return output_.write(pieces);
  }
  Result<> finish() override { return {}; }

 private:
  Output& output_;
  const Servers& servers_;
  const Settings& settings_;
  std::set<std::uint64_t> done_;
};

JobQueue jobs_of(const Settings& settings) {
  JobQueue jobs;
  for (std::size_t i = 0; i < settings.jobs; ++i) {
    Job job{.url = *Url::parse("http://10.0.0." + std::to_string(1 + i % 3) + "/j" + std::to_string(i))};
    if (settings.posts && i % 2 == 1) {
      job.options = std::make_unique<JobOptions>();
      job.options->body = "body";
    }
    jobs.add(std::move(job));
  }
  return jobs;
}

void play(Script& script) {
  Settings settings(script);
  Servers servers(script);
  FakeNetwork network(script, [&](Link& link) { servers.serve(link); });
  auto owned_multiplexer = std::make_unique<FakeMultiplexer>(network, script);
  const FakeMultiplexer& multiplexer = *owned_multiplexer;
  EventLoop loop(std::move(owned_multiplexer));
  StringOutput written;  // the indices of the records, in the order in which they came: each as one character
  const auto make_sink = [&](Output& output) { return std::make_unique<CheckingSink>(output, servers, settings); };
  const auto sink = make_sink(written);
  OrderedSink ordered(written, make_sink);
  {
    auto resolver = Resolver::create(loop, {.dns_servers = settings.options.dns_servers});
    require(resolver.has_value());
    JobQueue jobs = jobs_of(settings);
    Callbacks callbacks(nullptr);
    Log log;
    RunParts parts{.loop = loop, .resolver = **resolver, .source = jobs, .callbacks = callbacks, .log = log};
    parts.targets.sinks = {settings.ordered ? static_cast<Sink*>(&ordered) : sink.get()};
    if (settings.ordered) parts.targets.ordered = &ordered;
    parts.dial = [&](EventLoop& of_run, const std::vector<Address>& addresses, Dialer::Reach,
                     Dialer::OnDone on_dialed) {
      require(network.open_links() < settings.options.concurrency + settings.options.limits.max_idle_connections);
      return network.dial(of_run, addresses, std::move(on_dialed));
    };
    auto run = Run::create(std::move(parts), settings.options);
    require(run.has_value());
    Timer stopping(loop.timers(), [&] { (*run)->stop(15); });
    if (settings.stops) stopping.arm(loop.now() + milliseconds(30 * script.next()));
    const Summary summary = (*run)->run();
    require(!summary.error && summary.succeeded + summary.failed == written.text.size());
    if (!settings.stops && !settings.options.max_errors) require(written.text.size() == settings.jobs);
    if (settings.ordered) require(std::ranges::is_sorted(written.text));
    servers.check_posts();
  }
  require(network.open_links() == 0 && multiplexer.watched() == 0);
}

}  // namespace
}  // namespace nbcrawl

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  nbcrawl::Script script(text_of(data, size));
  nbcrawl::play(script);
  return 0;
}

// A whole run, from its jobs to its records, over a network that the input plays: eight bytes of settings, then what
// happens. However it goes, the run ends; each job has one record, a success or an error, and none is for want of a
// descriptor; counts agree; and a page that is a success is one that a server has sent for this very job, whole. A job
// none of whose hosts met a fault ends exactly as its last answer says, whatever happened to other hosts.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "crawl/run.hpp"
#include "fake_network.hpp"
#include "fake_servers.hpp"
#include "fuzz_input.hpp"
#include "sinks/ordered_sink.hpp"
#include "string_output.hpp"

namespace nbcrawl {

Clock::time_point Clock::now() noexcept { return played_time; }
void Clock::sleep_for(Clock::duration time) { played_time += time; }

namespace {

constexpr std::size_t most_jobs = 12;

struct Settings {
  explicit Settings(Script& script) {
    jobs = 1 + script.next() % most_jobs;
    const std::size_t flags = script.next();
    posts = (flags & 1U) != 0;
    ordered = (flags & 2U) != 0;
    stops = (flags & 4U) != 0;
    if ((flags & 8U) != 0) options.http_version = HttpVersion::http2_prior_knowledge;
    if ((flags & 16U) != 0) most_links = 1 + flags / 32;
    options.concurrency = 1 + script.next() % 6;
    options.per_host = 1 + script.next() % 3;
    options.retries = static_cast<std::uint32_t>(script.next() % 3);
    options.max_redirects = static_cast<std::uint32_t>(script.next() % 4);
    const std::size_t pace = script.next();
    if (pace % 4 == 1 && !speaks_http2()) options.limit_rate = 100 + pace * 100;
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
    if ((flags & 48U) == 32U) options.limits.max_body_memory_bytes = 1000;
    options.limits.max_idle_connections = 3;
  }

  Options options;
  std::size_t jobs = 0;
  [[nodiscard]] bool speaks_http2() const { return options.http_version == HttpVersion::http2_prior_knowledge; }

  bool posts = false;
  bool ordered = false;
  bool stops = false;  ///< it is told to stop in the middle
  std::size_t most_links = Link::unlimited;

  /// Nothing but a fault keeps a job from its end: neither the run's, nor a pace that is too slow for its time.
  [[nodiscard]] bool lets_all_end() const { return !stops && !options.max_errors && options.limit_rate == 0; }
};

/// Holds every record against what may be.
class CheckingSink final : public Sink {
 public:
  CheckingSink(Output& output, const FakeServers& servers, const FakeNetwork& network, const Settings& settings)
      : output_(output), servers_(servers), network_(network), settings_(settings) {}
  Result<> write(const Record& record) override {
    require(record.index < settings_.jobs && done_.insert(record.index).second);
    if (!record.ok()) {
      require(!record.error->detail.empty());
      require(record.error->kind != ErrorKind::out_of_descriptors);  // there is always one, for who has the patience
    } else if (record.response->status == 200) {
      servers_.check_body(record);
    }
    if (settings_.lets_all_end()) servers_.check_outcome(record, settings_.options, network_);
    const char index = static_cast<char>('a' + record.index);
    const std::array pieces{std::string_view(&index, 1)};
    return output_.write(pieces);
  }
  Result<> finish() override { return {}; }

 private:
  Output& output_;
  const FakeServers& servers_;
  const FakeNetwork& network_;
  const Settings& settings_;
  std::set<std::uint64_t> done_;
};

JobQueue jobs_of(const Settings& settings, FakeServers& servers) {
  JobQueue jobs;
  for (std::size_t i = 0; i < settings.jobs; ++i) {
    const std::string host = "10.0.0." + std::to_string(1 + i % 3);
    servers.expect(i, host);
    Job job{.url = *Url::parse("http://" + host + "/j" + std::to_string(i))};
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
  FakeServers servers(script, settings.speaks_http2());
  FakeNetwork network(script, settings.most_links, [&](Link& link) { servers.serve(link); });
  auto owned_multiplexer = std::make_unique<FakeMultiplexer>(network, script);
  const FakeMultiplexer& multiplexer = *owned_multiplexer;
  EventLoop loop(std::move(owned_multiplexer));
  StringOutput written;  // the indices of the records, in the order in which they came: each as one character
  const auto make_sink = [&](Output& output) {
    return std::make_unique<CheckingSink>(output, servers, network, settings);
  };
  const auto sink = make_sink(written);
  OrderedSink ordered(written, make_sink);
  {
    auto resolver = Resolver::create(loop, {.dns_servers = settings.options.dns_servers});
    require(resolver.has_value());
    JobQueue jobs = jobs_of(settings, servers);
    Callbacks callbacks(nullptr);
    Log log;
    RunParts parts{.loop = loop, .resolver = **resolver, .source = jobs, .callbacks = callbacks, .log = log};
    parts.targets.sinks = {settings.ordered ? static_cast<Sink*>(&ordered) : sink.get()};
    if (settings.ordered) parts.targets.ordered = &ordered;
    parts.dial = [&](EventLoop& of_run, const std::vector<Address>& addresses, Dialer::Reach,
                     Dialer::OnDone on_dialed) {
      require(network.open_links() < settings.options.concurrency + settings.options.limits.max_idle_connections);
      return network.dial(of_run, addresses, settings.options.connect_timeout, std::move(on_dialed));
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

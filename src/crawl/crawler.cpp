#include "nbcrawl/crawler.hpp"

#include <algorithm>
#include <utility>

#include "crawl/checked_jobs.hpp"
#include "crawl/exit_status.hpp"
#include "crawl/resolver_options.hpp"
#include "crawl/run.hpp"
#include "crawl/stop_requests.hpp"
#include "io/multiplexer_choice.hpp"
#include "io/sigpipe_blocked.hpp"

namespace nbcrawl {

struct Crawler::Parts {
  Options options;
  JobQueue jobs;
  std::vector<std::unique_ptr<Sink>> sinks;
  StopRequests stops;
  bool runs = false;
};

namespace {

Summary refused(Error error) {
  const int status = exit_status_of(error.kind);
  return {.error = std::move(error), .exit_status = status};
}

bool is_share_above_all(const std::optional<ErrorBudget>& budget) {
  return budget && budget->is_percent && budget->most > 100;
}

/// No status, or of no response that may be tried again.
bool is_never_retried(int status) { return status < 300 || status > 599; }

/// What is no range of statuses (RFC 9110 section 15).
bool is_no_range(StatusRange range) { return range.first < 100 || range.last > 999 || range.last < range.first; }

/// Those that can't be kept, under which no job could ever start, or that say nothing. The command line has checks of
/// its own. Error: invalid_job.
Result<> check_options(const Options& options) {
  const Limits& limits = options.limits;
  const char* wrong = nullptr;
  if (limits.max_waiting_jobs == 0) wrong = "limits.max_waiting_jobs is 0: no job could ever start";
  if (limits.max_waiting_job_bytes == 0) wrong = "limits.max_waiting_job_bytes is 0: no job could ever start";
  if (limits.max_waiting_pages == 0) wrong = "limits.max_waiting_pages is 0: no job could ever start";
  if (limits.max_header_bytes > Limits::header_bytes_ceiling)
    wrong = "limits.max_header_bytes is above header_bytes_ceiling";
  if (std::ranges::any_of(options.accept, is_no_range)) wrong = "accept: not a range of statuses from 100 to 999";
  if (std::ranges::any_of(options.retry_statuses, is_never_retried)) wrong = "retry_statuses: not from 300 to 599";
  if (options.connect_timeout <= milliseconds::zero()) wrong = "connect_timeout: no time to connect in";
  if (options.max_time <= milliseconds::zero()) wrong = "max_time: no time for a response";
  if (options.speed_limit > 0 && options.speed_time <= milliseconds::zero())
    wrong = "speed_time: no time for speed_limit to be judged by";
  if (!options.tls.key_file.empty() && options.tls.certificate_file.empty())
    wrong = "tls.key_file: of no use without certificate_file";
  if (is_share_above_all(options.max_errors)) wrong = "max_errors: above 100 percent";
  if (!options.credentials.empty() && !options.credentials.contains(':'))
    wrong = "credentials: USER:PASSWORD has a ':' in it";
  if (wrong == nullptr) return {};
  return std::unexpected(
      Error{.kind = ErrorKind::invalid_job, .phase = Phase::job, .detail = std::string("Options::") + wrong});
}

/// Holds while a run is under way. What it leaves of the list goes with it.
class UnderWay {
 public:
  UnderWay(bool& runs, JobQueue& jobs) noexcept : runs_(runs), jobs_(jobs) { runs_ = true; }
  ~UnderWay() {
    runs_ = false;
    jobs_.clear();
  }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

 private:
  bool& runs_;
  JobQueue& jobs_;
};

}  // namespace

std::string default_user_agent() { return "nbcrawl/" NBCRAWL_VERSION; }

Crawler::Crawler(Options options) : parts_(std::make_unique<Parts>()) { parts_->options = std::move(options); }
Crawler::~Crawler() = default;
Crawler::Crawler(Crawler&&) noexcept = default;
Crawler& Crawler::operator=(Crawler&&) noexcept = default;

void Crawler::add(Job job) { parts_->jobs.add(std::move(job)); }

void Crawler::add_sink(std::unique_ptr<Sink> sink) {
  if (sink) parts_->sinks.push_back(std::move(sink));
}

void Crawler::stop() { parts_->stops.add(); }

Summary Crawler::run() {
  Parts& parts = *parts_;  // stay where they are, though the crawler may be moved meanwhile
  if (parts.runs) {
    return refused({.kind = ErrorKind::invalid_job, .phase = Phase::job, .detail = "this crawler is running already"});
  }
  const SigpipeBlocked sigpipe_blocked;
  Log log;
  const Options& options = parts.options;
  if (auto good = check_options(options); !good) return refused(std::move(good.error()));
  auto loop = EventLoop::create(multiplexer_kind(options.multiplexer));
  if (!loop) return refused(std::move(loop.error()));
  auto resolver_options = make_resolver_options(options);
  if (!resolver_options) return refused(std::move(resolver_options.error()));
  auto resolver = Resolver::create(**loop, std::move(*resolver_options));
  if (!resolver) return refused(std::move(resolver.error()));
  auto directory = OutputDirectory::open(options.save_directory);
  if (!directory) return refused(std::move(directory.error()));
  Callbacks callbacks(&*directory);
  CheckedJobs jobs(parts.jobs, callbacks);
  auto inbox = Mailbox::create(**loop);
  if (!inbox) return refused(std::move(inbox.error()));
  RunParts run_parts{
      .loop = **loop, .resolver = **resolver, .source = jobs, .callbacks = callbacks, .log = log, .skip_invalid = true};
  ResultFiles files(*directory);
  run_parts.targets.files = &files;
  for (const auto& sink : parts.sinks) run_parts.targets.sinks.push_back(sink.get());
  auto run = Run::create(std::move(run_parts), options);
  if (!run) return refused(std::move(run.error()));
  const UnderWay under_way(parts.runs, parts.jobs);
  const StopRequests::Listener listener(parts.stops, **inbox, **run);
  return (*run)->run();
}

}  // namespace nbcrawl

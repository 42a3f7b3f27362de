#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nbcrawl/job.hpp"
#include "nbcrawl/limits.hpp"
#include "nbcrawl/tls_options.hpp"

namespace nbcrawl {

/// Which system call tells what is ready. `automatic`: select while the set is small, epoll when it outgrows it.
enum class MultiplexerChoice : std::uint8_t { automatic, select, poll, epoll };

/// Which HTTP is spoken. `http2`: with https what the server prefers (ALPN), else HTTP/1.1. `http2_prior_knowledge`:
/// HTTP/2 with http URLs too, and nothing else; but a request that is handed to an http proxy is HTTP/1.1 always.
enum class HttpVersion : std::uint8_t { http1_1, http2, http2_prior_knowledge };

enum class AddressFamily : std::uint8_t { any, ipv4, ipv6 };

/// The user agent sent where none is set: "nbcrawl/VERSION".
[[nodiscard]] std::string default_user_agent();

/// Statuses from `first` to `last`, both included.
struct StatusRange {
  int first = 0;
  int last = 0;
};

/// How many jobs may fail before the run starts no further one.
struct ErrorBudget {
  std::uint64_t most = 0;   ///< failed jobs; one more, and the run ends as by a signal
  bool is_percent = false;  ///< `most` is in percent of the jobs that are done, judged from the 20th on
};

/// Cookies that servers set (RFC 6265bis): kept for the length of a run and sent back where they may be.
struct CookieOptions {
  bool keep = false;                         ///< false: what servers set is ignored
  std::string save_file = {};                ///< written when the run ends, for its owner only; empty: none
  std::vector<std::string> load_files = {};  ///< in Netscape's format, read before the first job; missing: invalid_job,
                                             ///< unless it is save_file
};

/// The settings of a run. A job's JobOptions override where they say so.
struct Options {
  std::size_t concurrency = 64;  ///< transfers under way at once
  std::size_t per_host = 8;      ///< of these, to one host
  std::size_t threads = 1;       ///< 1: all is done on the thread of Crawler::run(); more: so many others fetch, decode
                                 ///< and run built-in callbacks, each for its share of the hosts
  MultiplexerChoice multiplexer = MultiplexerChoice::automatic;
  // Both more than 0.
  std::chrono::milliseconds connect_timeout{10'000};  ///< name look-up, connect and TLS handshake together
  std::chrono::milliseconds max_time{
      60'000};  ///< one try of a job, from its start to its last byte, redirects included
  HttpVersion http_version = HttpVersion::http2;  ///< with limit_rate always HTTP/1.1
  std::string user_agent = default_user_agent();
  std::vector<Header> headers = {};      ///< sent with every request; an empty value takes one of ours away
  std::string method = {};               ///< of jobs that name none
  std::optional<std::string> body = {};  ///< of jobs without one, sent as form data unless a field says otherwise
  std::string credentials = {};          ///< "USER:PASSWORD" (RFC 7617), for each job's own origin; empty: none
  std::vector<std::string> callbacks{"decode"};  ///< of jobs that name none
  std::string save_directory = ".";              ///< where the callback `save` and JobOptions::output write
  std::size_t exec_jobs = 0;                     ///< commands of the callback `exec` run at once; 0: one a processor
  std::uint32_t max_redirects = 20;              ///< followed by one job; 0: a redirect is a result like any other
  std::uint32_t retries = 2;  ///< of a job whose connection failed or whose status is one of `retry_statuses`
  std::vector<int> retry_statuses{408, 425, 429, 500, 502, 503, 504};
  std::chrono::microseconds gap{};               ///< least time between any two requests; 0: none
  std::chrono::microseconds host_gap{};          ///< the same, to one host
  std::uint64_t limit_rate = 0;                  ///< bytes a second read of one response; 0: no limit
  std::uint64_t speed_limit = 0;                 ///< a response slower than so many bytes a second
  std::chrono::milliseconds speed_time{30'000};  ///< for so long fails its job (too_slow); 0 bytes: never
  bool fail_on_status = false;                   ///< a status of 400 or above fails the job (http_status)
  std::vector<StatusRange> accept = {};  ///< from 100 to 999: any other status fails the job; empty: see fail_on_status
  std::optional<ErrorBudget> max_errors = {};  ///< nullopt: the run goes on whatever fails
  std::optional<std::string> proxy = {};       ///< URL (http, socks5, socks5h); nullopt: the environment's; "": none
  /// Hosts reached without: suffixes, addresses, CIDR blocks or "*", comma-separated; nullopt: those that the
  /// environment's no_proxy or NO_PROXY lists.
  std::optional<std::string> no_proxy = {};
  AddressFamily family = AddressFamily::any;
  bool deny_private = false;              ///< connect to public addresses only, whatever names and redirects say
  std::string dns_servers = {};           ///< comma-separated HOST[:PORT]; empty: the system's
  std::vector<std::string> resolve = {};  ///< HOST:PORT:ADDRESS[,ADDRESS], in place of a look-up
  TlsOptions tls = {};
  CookieOptions cookies = {};
  Limits limits = {};
};

}  // namespace nbcrawl

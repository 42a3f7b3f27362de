#pragma once

#include <chrono>
#include <string_view>

#include "fetch/pace.hpp"
#include "fetch/proxy_rules.hpp"
#include "nbcrawl/limits.hpp"
#include "nbcrawl/options.hpp"
#include "nbcrawl/tls_options.hpp"
#include "net/dialer.hpp"

namespace nbcrawl {

/// How transfers are made, for a whole run. A job's JobOptions override where they say so.
struct FetchOptions {
  std::chrono::milliseconds connect_timeout{10'000};  ///< name look-up, connect and TLS handshake together
  std::chrono::milliseconds max_time{60'000};         ///< one attempt, from start to last byte
  PaceLimits pace;
  HttpVersion http_version = HttpVersion::http2;
  bool deny_private = false;  ///< connect to public addresses only
  ProxyRules proxies;
  Limits limits;
  std::size_t concurrency = 64;  ///< transfers at once, of which each has its share of Limits::max_body_memory_bytes
  TlsOptions tls;
  std::string_view body;           ///< of jobs that are sent with the run's (Attempt::sends_run_body); borrowed
  StartDial dial = nbcrawl::dial;  ///< makes every connection; a test may have none of the network
};

}  // namespace nbcrawl

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "nbcrawl/error.hpp"
#include "nbcrawl/url.hpp"
#include "url/no_proxy.hpp"
#include "url/proxy_url.hpp"

namespace nbcrawl {

/// Which proxy a request goes through, by curl's rules: the job's own, else the run's, else that of the environment
/// (http_proxy, in lower case only, for http; https_proxy or HTTPS_PROXY for https; all_proxy or ALL_PROXY for both),
/// and none for hosts that the run's list names, or where no list is given no_proxy or NO_PROXY.
class ProxyRules {
 public:
  /// Value of an environment variable; null or empty: it is not set.
  using Environment = std::function<const char*(const char* name)>;

  /// Each nullopt: the environment's; "": none. Error: invalid_job, which says whose value is bad.
  static Result<ProxyRules> create(const std::optional<std::string>& proxy, const std::optional<std::string>& no_proxy,
                                   const Environment& environment);

  /// `own`: the job's; null: it names none; "": it wants none. Null: no proxy. Valid until the next call. Error:
  /// invalid_job.
  Result<const ProxyUrl*> choose(const Url& url, const std::string* own);

 private:
  std::optional<ProxyUrl> http_;
  std::optional<ProxyUrl> https_;
  NoProxy no_proxy_;
  std::string own_text_;  // of the job that came last
  ProxyUrl own_;
};

}  // namespace nbcrawl

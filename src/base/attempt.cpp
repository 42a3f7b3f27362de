#include "base/attempt.hpp"

namespace nbcrawl {

namespace {

// Each of these takes a value apart member by member: one that is added does not compile until it is counted here.

std::size_t bytes_of(const JobOptions& options) noexcept {
  const auto& [method, headers, body, body_file, timeout, connect_timeout, max_body_bytes, retries, max_redirects,
               proxy, insecure, key, charset, output, meta] = options;
  std::size_t bytes = sizeof options + method.size() + body_file.size() + key.size() + charset.size() + output.size() +
                      meta.size() + (body ? body->size() : 0) + (proxy ? proxy->size() : 0);
  for (const Header& header : headers) bytes += sizeof header + header.name.size() + header.value.size();
  return bytes;
}

std::size_t bytes_of(const Job& job) noexcept {
  const auto& [url, callback, callbacks, id, options, index] = job;
  std::size_t bytes = url.size_bytes() + id.size() + (options ? bytes_of(*options) : 0);
  for (const std::string& spec : callbacks) bytes += sizeof spec + spec.size();
  return bytes;
}

std::size_t bytes_of(const Progress& progress) noexcept {
  const auto& [url, as_get, foreign, exchange, spent] = progress;
  std::size_t bytes = sizeof progress + url.size_bytes();
  for (const Hop& hop : exchange.chain) bytes += sizeof hop + hop.url.size();
  return bytes;
}

}  // namespace

std::size_t bytes_beside(const Attempt& attempt) noexcept {
  const auto& [job, since, progress, cookies, sends_run_body] = attempt;
  return bytes_of(job) + (progress ? bytes_of(*progress) : 0) + cookies.size();
}

}  // namespace nbcrawl

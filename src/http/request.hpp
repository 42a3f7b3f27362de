#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nbcrawl/fields.hpp"
#include "nbcrawl/job.hpp"

namespace nbcrawl {

/// Whether a request may be sent twice without harm (RFC 9110 section 9.2.2).
[[nodiscard]] bool is_idempotent(std::string_view method) noexcept;

/// Whether a field of that name is among them.
[[nodiscard]] bool has_field(const std::vector<Header>& headers, std::string_view name) noexcept;

/// One request to write.
struct RequestHead {
  const Url& url;
  const JobOptions* options = nullptr;  ///< of the job; its headers win over the run's
  const Url* job_url = nullptr;         ///< what the job asked for; its user name and password go with the request too
  bool as_get = false;                  ///< whatever the job's method is
  bool foreign = false;                 ///< to another origin than the job named: what may be secret is left out
  std::string_view cookies = {};        ///< of the jar, beside those that the user gave
  std::optional<std::uint64_t> body_bytes = {};  ///< nullopt where no body follows
  bool to_proxy = false;  ///< a proxy is asked, not the host: by the whole URL (RFC 9112 section 3.2.2)
  std::string_view proxy_authorization = {};  ///< sent where to_proxy; empty: none

  [[nodiscard]] std::string_view method() const noexcept {
    return options == nullptr || as_get ? std::string_view("GET") : options->sent_method();
  }
};

/// The fields every request of a run carries, prepared once.
class RequestWriter {
 public:
  /// `headers` come from the user and win over ours; one with an empty value takes the field away. `credentials`,
  /// "USER:PASSWORD", go where no other Authorization does; empty: none. Error: invalid_job.
  static Result<RequestWriter> create(std::string_view user_agent, const std::vector<Header>& headers,
                                      std::string_view credentials = {});

  /// Whether a request may be written. Error: invalid_job (a method or field that would break the message), invalid_url
  /// (none).
  static Result<> check(const RequestHead& request);
  /// Appends the head of a request to `out` (RFC 9112 section 3). Only of one that check() lets pass.
  void write_head(std::string& out, const RequestHead& request) const;
  /// The same for HTTP/2 (RFC 9113 section 8.3.1), which knows no request of a proxy: request.to_proxy is not heeded.
  void write_head(Fields& out, const RequestHead& request) const;

 private:
  // Out is a message's text, or the fields of HTTP/2.
  template <class Out>
  void write_all_fields(Out& out, const Out& prepared, const RequestHead& request) const;
  template <class Out>
  void write_fields(Out& out, const RequestHead& request, const std::string& authorization) const;
  template <class Out>
  void write_cookies(Out& out, const RequestHead& request, const std::vector<Header>& own) const;

  std::vector<Header> fields_;  // but Cookie
  std::string cookies_;         // the values of Cookie
  std::string block_;           // all as they stand in a message
  Fields http2_block_;          // and in one of HTTP/2
};

}  // namespace nbcrawl

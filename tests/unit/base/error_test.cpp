#include "nbcrawl/error.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

// Codes stand in people's records and scripts: a line of this table may be added, never changed.
const std::vector<std::pair<ErrorKind, std::string_view>> promised_codes = {
    {ErrorKind::invalid_job, "invalid_job"},
    {ErrorKind::invalid_url, "invalid_url"},
    {ErrorKind::unsupported_scheme, "unsupported_scheme"},
    {ErrorKind::dns_not_found, "dns_not_found"},
    {ErrorKind::dns_failed, "dns_failed"},
    {ErrorKind::dns_timeout, "dns_timeout"},
    {ErrorKind::connect_refused, "connect_refused"},
    {ErrorKind::connect_timeout, "connect_timeout"},
    {ErrorKind::connect_unreachable, "connect_unreachable"},
    {ErrorKind::connect_failed, "connect_failed"},
    {ErrorKind::address_denied, "address_denied"},
    {ErrorKind::proxy_failed, "proxy_failed"},
    {ErrorKind::proxy_denied, "proxy_denied"},
    {ErrorKind::out_of_descriptors, "out_of_descriptors"},
    {ErrorKind::tls_setup_failed, "tls_setup_failed"},
    {ErrorKind::tls_certificate_expired, "tls_certificate_expired"},
    {ErrorKind::tls_certificate_not_yet_valid, "tls_certificate_not_yet_valid"},
    {ErrorKind::tls_self_signed, "tls_self_signed"},
    {ErrorKind::tls_unknown_ca, "tls_unknown_ca"},
    {ErrorKind::tls_wrong_host, "tls_wrong_host"},
    {ErrorKind::tls_certificate_invalid, "tls_certificate_invalid"},
    {ErrorKind::tls_protocol_version, "tls_protocol_version"},
    {ErrorKind::tls_truncated, "tls_truncated"},
    {ErrorKind::tls_handshake_failed, "tls_handshake_failed"},
    {ErrorKind::connection_reset, "connection_reset"},
    {ErrorKind::connection_closed, "connection_closed"},
    {ErrorKind::timeout, "timeout"},
    {ErrorKind::too_slow, "too_slow"},
    {ErrorKind::stream_reset, "stream_reset"},
    {ErrorKind::malformed_response, "malformed_response"},
    {ErrorKind::truncated_body, "truncated_body"},
    {ErrorKind::header_too_large, "header_too_large"},
    {ErrorKind::body_too_large, "body_too_large"},
    {ErrorKind::bad_redirect, "bad_redirect"},
    {ErrorKind::bad_encoding, "bad_encoding"},
    {ErrorKind::callback_failed, "callback_failed"},
    {ErrorKind::body_file_failed, "body_file_failed"},
    {ErrorKind::output_failed, "output_failed"},
    {ErrorKind::state_failed, "state_failed"},
    {ErrorKind::http_status, "http_status"},
    {ErrorKind::system_failed, "system_failed"},
    {ErrorKind::interrupted, "interrupted"},
};

TEST_CASE("the code of each kind is the promised one") {
  for (const auto& [kind, expected] : promised_codes) CHECK(code(kind) == expected);
}

TEST_CASE("every kind there is has a code of its own, in lower case with underscores") {
  std::set<std::string_view> codes;
  // The kinds count up from 0; beyond the last one there is no name.
  for (unsigned i = 0; i < 256; ++i) {
    const std::string_view found = code(static_cast<ErrorKind>(i));
    if (found == "unknown") continue;
    INFO(found);
    CHECK(codes.insert(found).second);
    CHECK(std::all_of(found.begin(), found.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; }));
  }
  CHECK(codes.size() == promised_codes.size());
}

TEST_CASE("each phase has a name of its own") {
  std::set<std::string_view> names;
  for (const Phase phase : {Phase::job, Phase::resolve, Phase::connect, Phase::request, Phase::response,
                            Phase::callback, Phase::output, Phase::tls}) {
    CHECK(name(phase) != "unknown");
    names.insert(name(phase));
  }
  CHECK(names.size() == 8);
  CHECK(name(static_cast<Phase>(8)) == "unknown");
}

}  // namespace
}  // namespace nbcrawl

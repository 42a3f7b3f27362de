// A URL, a method and fields of a job, a line each. What is written is one request of exactly these parts, whatever
// they hold, or none.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.hpp"
#include "base/field_syntax.hpp"
#include "fuzz_input.hpp"
#include "http/http1_request_parser.hpp"
#include "http/request.hpp"

namespace {

using namespace nbcrawl;

/// Lines of a head that ends in an empty one; each ends in CR LF, which stands nowhere else.
std::vector<std::string_view> lines_of(std::string_view head) {
  std::vector<std::string_view> lines;
  while (true) {
    const std::size_t end = head.find("\r\n");
    require(end != std::string_view::npos);
    const std::string_view line = head.substr(0, end);
    require(is_field_value(line));
    head.remove_prefix(end + 2);
    if (line.empty()) break;
    lines.push_back(line);
  }
  require(head.empty());
  return lines;
}

void check_lines(const std::vector<std::string_view>& lines, std::string_view method, std::string_view target) {
  require(!lines.empty() && lines.front() == std::string(method) + " " + std::string(target) + " HTTP/1.1");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::size_t colon = lines[i].find(": ");
    require(colon != std::string_view::npos && is_token(lines[i].substr(0, colon)));
  }
}

/// Of another origin than the job's: what the user gave for that one stays away.
void check_secrets(const std::vector<std::string_view>& lines) {
  for (const std::string_view line : lines) {
    const std::string_view name = line.substr(0, line.find(':'));
    require(!equals_ignoring_case(name, "authorization"));
    require(!equals_ignoring_case(name, "cookie") || line == "Cookie: a=b");
  }
}

/// What a server makes of it, where it takes it at all.
void check_as_server(std::string_view head, std::string_view method, std::string_view target) {
  Http1RequestParser parser({.max_head_bytes = 1024 * 1024, .max_body_bytes = 0});
  const std::size_t taken = parser.feed(head);
  require(parser.state() != Http1RequestParser::State::complete ||
          (taken == head.size() && parser.request().method == method && parser.request().target == target));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = text_of(data, size);
  const auto url = Url::parse(take_line(rest));
  if (!url) return 0;
  JobOptions options;
  options.method = take_line(rest);
  std::vector<Header> headers;
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    const std::size_t colon = std::min(line.find(':'), line.size());
    headers.push_back({.name = std::string(line.substr(0, colon)),
                       .value = std::string(line.substr(std::min(colon + 1, line.size())))});
  }
  // Half are the run's, the others the job's.
  const auto middle = headers.begin() + static_cast<std::ptrdiff_t>(headers.size() / 2);
  options.headers.assign(middle, headers.end());
  headers.erase(middle, headers.end());
  const auto writer = RequestWriter::create("agent", headers, "user:password");
  if (!writer) return 0;
  const Url elsewhere = *Url::parse(url->href());  // what a redirect names: with no user of its own
  for (const bool foreign : {false, true}) {
    const RequestHead request{
        .url = foreign ? elsewhere : *url, .options = &options, .foreign = foreign, .cookies = "a=b"};
    if (!RequestWriter::check(request)) continue;
    std::string head;
    writer->write_head(head, request);
    const std::string_view method = options.sent_method();
    const auto lines = lines_of(head);
    check_lines(lines, method, url->request_target());
    if (foreign) check_secrets(lines);
    check_as_server(head, method, url->request_target());
  }
  return 0;
}

#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "fake_network.hpp"
#include "nbcrawl/options.hpp"
#include "nbcrawl/record.hpp"

// What stands behind a FakeNetwork: servers that answer as the script has it, and remember what they have said.
namespace nbcrawl {

/// What one job was told, over all its requests.
struct Told {
  std::set<std::string> hosts;       ///< that it was meant for or was sent to
  std::set<std::string> bodies;      ///< of answers 200
  std::set<std::string> open_ended;  ///< those of them that only the end of the connection ends
  int status = 0;                    ///< of the last answer
  std::string body;                  ///< of the last answer
  bool may_be_repeated = true;       ///< the request of the last answer
  std::uint32_t refusals = 0;        ///< answers 429 and 503
  std::uint32_t redirects = 0;
  int posts = 0;
};

class FakeServers {
 public:
  FakeServers(Script& script, bool speak_http2) : script_(script), speak_http2_(speak_http2) {}

  /// The job is fetched from this host first.
  void expect(std::uint64_t job, std::string host) { told_[job].hosts.insert(std::move(host)); }

  /// Answers each request that has come whole.
  void serve(Link& link) {
    if (speak_http2_) return serve_http2(link);
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

  /// A page is one that was sent for this very job, whole, unless one of its hosts has answered what was not asked.
  /// Where only the end of the connection ends it, nobody can tell that it was cut.
  void check_body(const Record& record) const {
    const Told& told = told_.at(record.index);
    if (wild_ || record.body.empty() || meets(told, lying_)) return;
    const auto begins_so = [&](const std::string& body) { return body.starts_with(record.body); };
    require(told.bodies.contains(std::string(record.body)) || std::ranges::any_of(told.open_ended, begins_so));
  }
  /// Where nothing has gone wrong with any host of this job, whatever happened to others: it ends as its last answer
  /// says.
  void check_outcome(const Record& record, const Options& options, const FakeNetwork& network) const {
    const Told& told = told_.at(record.index);
    if (wild_ || meets(told, network.troubled())) return;
    if (told.redirects > options.max_redirects && options.max_redirects > 0)
      return require(!record.ok() && record.error->kind == ErrorKind::bad_redirect);
    if (told.body.size() > options.limits.max_body_bytes)
      return require(!record.ok() && record.error->kind == ErrorKind::body_too_large);
    require(record.ok() && record.response->status == told.status && record.body == told.body);
    const bool refused = told.status == 429 || told.status == 503;
    if (refused && told.may_be_repeated) require(told.refusals == options.retries + 1);
  }
  /// A request that may not be repeated is not.
  void check_posts() const {
    if (wild_) return;
    for (const auto& [job, told] : told_) require(told.posts <= 1);
  }

 private:
  static bool meets(const Told& told, const std::set<std::string>& hosts) {
    return std::ranges::any_of(told.hosts, [&](const std::string& host) { return hosts.contains(host); });
  }

  std::string new_body(std::uint64_t job) {
    constexpr std::size_t sizes[] = {0, 300, 17'000, 40'000};
    std::string body = "job " + std::to_string(job) + ", page " + std::to_string(++pages_) + ": ";
    body.append(sizes[script_.next() % 4], 'x');
    told_[job].bodies.insert(body);
    told_[job].body = body;
    return body;
  }

  /// What is known of the job that is asked for.
  Told& ask(const Link& link, std::string_view method, std::uint64_t job) {
    Told& told = told_[job];
    told.hosts.insert(link.peer);
    told.may_be_repeated = method != "POST";
    if (!told.may_be_repeated) ++told.posts;
    told.status = 200;
    told.body.clear();
    return told;
  }
  static std::uint64_t job_of(std::string_view request) {
    const std::size_t at = request.find("/j");
    return at == std::string_view::npos ? 0 : std::strtoull(request.data() + at + 2, nullptr, 10);
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
    const std::uint64_t job = job_of(request);
    Told& told = ask(link, request.substr(0, request.find(' ')), job);
    std::string& out = link.on_its_way;
    switch (script_.next() % 16) {
      case 4: out += chunked(new_body(job)); return;
      case 5:
        out += head("200 OK", "Connection: close\r\n") + new_body(job);
        told.open_ended.insert(told.body);
        link.ends = true;
        return;
      case 6: out += head("302 Found", "Location: " + redirect(told, job) + "\r\nContent-Length: 0\r\n"); return;
      case 7:
        refuse(told, 503);
        out += head("503 No", "Content-Length: 0\r\n");
        return;
      case 8:
        refuse(told, 429);
        out += head("429 Slower", "Retry-After: " + std::to_string(script_.next() % 8) + "\r\nContent-Length: 0\r\n");
        return;
      case 9: out += head("103 Early Hints", "X: y\r\n") + counted(new_body(job)); return;
      case 10:  // anything at all
        wild_ = true;
        out += script_.take(script_.next());
        link.ends = script_.next() % 2 == 1;
        return;
      case 11: return link.end();
      case 12: return link.reset();
      case 13: return link.blame();  // it never answers
      case 14:                       // more than was asked for: the answer to whatever comes next may be that
        lying_.insert(link.peer);
        link.blame();
        out += counted(new_body(job)) + counted("unasked");
        return;
      case 15:
        told.status = 304;
        out += head("304 Not Modified", "");
        return;
      default: out += counted(new_body(job)); return;
    }
  }

  /// Where to.
  std::string redirect(Told& told, std::uint64_t job) {
    const std::string host = "10.0.0." + std::to_string(1 + script_.next() % 3);
    told.hosts.insert(host);
    told.status = 302;
    ++told.redirects;
    return "http://" + host + "/j" + std::to_string(job);
  }

  static void refuse(Told& told, int status) {
    told.status = status;
    ++told.refusals;
  }

  void serve_http2(Link& link) {
    if (link.ends || link.is_reset) return;
    if (link.http2 == nullptr)
      link.http2 = std::make_unique<FakeHttp2>([this, &link](const auto& request) { answer_http2(link, request); });
    link.on_its_way += link.http2->receive(std::exchange(link.received, {}));
  }

  void answer_http2(Link& link, const FakeHttp2::Request& request) {
    FakeHttp2& server = *link.http2;
    const std::size_t choice = script_.next() % 16;
    if (choice == 11 || choice == 12) {                       // not acted on
      if (!refusing_.insert(link.peer).second) link.blame();  // it may be sent again once
      return choice == 11 ? server.go_away_before(request.stream)
                          : server.reset(request.stream, NGHTTP2_REFUSED_STREAM);
    }
    const std::uint64_t job = job_of(request.path);
    Told& told = ask(link, request.method, job);
    FakeHttp2::FieldList fields;
    switch (choice) {
      case 6: fields.emplace_back("location", redirect(told, job)); break;
      case 7: refuse(told, 503); break;
      case 8:
        refuse(told, 429);
        fields.emplace_back("retry-after", std::to_string(script_.next() % 8));
        break;
      case 10:  // anything at all
        wild_ = true;
        link.on_its_way += script_.take(script_.next());
        link.ends = script_.next() % 2 == 1;
        return;
      case 13: return link.blame();  // it never answers
      case 14: link.blame(); return server.reset(request.stream, NGHTTP2_INTERNAL_ERROR);
      case 15: told.status = 304; break;
      default: new_body(job); break;
    }
    server.respond(request.stream, told.status, std::move(fields), told.body);
  }

  Script& script_;
  bool speak_http2_;
  std::set<std::string> refusing_;  ///< hosts that have not acted on a request
  bool wild_ = false;               ///< one has said what could mean anything
  std::set<std::string> lying_;     ///< hosts that have answered what was not asked
  std::uint64_t pages_ = 0;
  std::map<std::uint64_t, Told> told_;
};

}  // namespace nbcrawl

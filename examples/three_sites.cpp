// Three pages, fetched at once through one select loop; two callbacks in C++ decode them.
//
//     nbcrawl serve config/site.json &          # prints: listening on http://127.0.0.1:8888
//     three_sites http://127.0.0.1:8888
#include <cstdio>
#include <nbcrawl/crawler.hpp>
#include <string>

namespace {

/// Prints the page's address and its beginning, as UTF-8.
void show(const nbcrawl::Response& response, std::string_view text) {
  const std::string beginning(text.substr(0, text.find("</h1>")));
  std::printf("== %s (%d, %zu bytes)\n%s\n", std::string(response.url.href()).c_str(), response.status,
              response.body.size(), beginning.c_str());
}

/// For pages known to be GB2312, whatever their label says.
void decode_gb2312(const nbcrawl::Response& response, nbcrawl::Emitter& out) {
  show(response, response.text("gb2312"));
  out.text("gb2312");
}

/// For pages known to be UTF-8.
void decode_utf8(const nbcrawl::Response& response, nbcrawl::Emitter& out) {
  show(response, response.text("utf-8"));
  out.text("utf8");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: three_sites http://HOST:PORT\n");
    return 2;
  }
  const auto site = nbcrawl::Url::parse(argv[1]);
  if (!site) {
    std::fprintf(stderr, "three_sites: %s\n", site.error().detail.c_str());
    return 2;
  }
  nbcrawl::Crawler crawler({.multiplexer = nbcrawl::MultiplexerChoice::select});
  crawler.add({.url = *site->resolve("/gb2312"), .callback = decode_gb2312});
  crawler.add({.url = *site->resolve("/utf8"), .callback = decode_utf8});
  crawler.add({.url = *site->resolve("/wrong-label"), .callback = decode_gb2312});
  const nbcrawl::Summary summary = crawler.run();
  std::printf("%llu of 3 pages\n", static_cast<unsigned long long>(summary.succeeded));
  return summary.exit_status;
}

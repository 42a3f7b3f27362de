// A program outside the project's tree that uses the installed library: a crawl of a port where nobody listens.

#include <iostream>
#include <nbcrawl/crawler.hpp>

int main() {
  nbcrawl::Crawler crawler({.retries = 0});
  crawler.add({.url = *nbcrawl::Url::parse("http://127.0.0.1:1/")});
  const nbcrawl::Summary summary = crawler.run();
  std::cout << nbcrawl::code(nbcrawl::ErrorKind::connect_timeout) << '\n';
  return summary.failed == 1 && summary.exit_status == 4 ? 0 : 1;
}

// What a proxy answers before it is a tunnel. The first byte says where the input is cut, the second which proxy it is;
// however it is cut, the outcome is the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_connect.hpp"
#include "net/socks5_connect.hpp"

namespace {

using namespace nbcrawl;

std::unique_ptr<ProxyHandshake> make(unsigned kind) {
  if ((kind & 1U) == 0) return std::make_unique<HttpConnect>("proxy", "site.test:443", "");
  Socks5Connect::Credentials credentials;
  if ((kind & 2U) != 0) credentials = {.username = "user", .password = "secret"};
  return std::make_unique<Socks5Connect>("proxy", "site.test", 443, std::move(credentials));
}

struct Outcome {
  std::string sent;
  std::string failure;
  std::size_t taken = 0;
  std::size_t wanted = 0;
};

Outcome play(unsigned kind, std::string_view input, std::size_t cut) {
  const auto handshake = make(kind);
  Outcome outcome{.sent = handshake->take_outgoing()};
  for (std::string_view piece : {input.substr(0, cut), input.substr(cut)}) {
    while (!piece.empty() && outcome.failure.empty() && handshake->wanted() > 0) {
      const std::string_view part = piece.substr(0, handshake->wanted());
      piece.remove_prefix(part.size());
      if (const auto fed = handshake->feed(part); !fed) {
        outcome.failure = fed.error().detail;
        if (outcome.failure.find("secret") != std::string::npos) std::abort();
      }
      outcome.taken += part.size();
      outcome.sent += handshake->take_outgoing();
    }
  }
  outcome.wanted = handshake->wanted();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  const unsigned kind = data[1];
  const std::size_t cut = input.empty() ? 0 : data[0] % (input.size() + 1);
  const Outcome whole = play(kind, input, input.size());
  const Outcome split = play(kind, input, cut);
  // Bytes behind the head of an HTTP answer are seen, and refused, only where they come with it.
  const bool is_http = (kind & 1U) == 0;
  const bool overtaken = is_http && whole.failure.find("before the tunnel") != std::string::npos;
  if (!overtaken && (whole.failure != split.failure || whole.sent != split.sent || whole.wanted != split.wanted))
    std::abort();
  if (!is_http && whole.failure.empty() && whole.taken != split.taken) std::abort();
  return 0;
}

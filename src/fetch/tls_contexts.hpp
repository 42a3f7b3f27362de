#pragma once

#include <array>
#include <memory>
#include <utility>

#include "tls/tls_context.hpp"

namespace nbcrawl {

/// The TLS contexts of a run: one that verifies certificates and one that takes any. Each is made when first needed.
class TlsContexts {
 public:
  explicit TlsContexts(TlsOptions options) : options_(std::move(options)) {}

  /// Error: tls_setup_failed.
  Result<TlsContext*> get(bool insecure) {
    std::unique_ptr<TlsContext>& context = contexts_[insecure ? 1 : 0];
    if (context == nullptr) {
      TlsOptions options = options_;
      options.insecure = insecure;
      auto created = TlsContext::create(options);
      if (!created) return std::unexpected(std::move(created.error()));
      context = std::move(*created);
    }
    return context.get();
  }

 private:
  TlsOptions options_;
  std::array<std::unique_ptr<TlsContext>, 2> contexts_;  // [insecure]
};

}  // namespace nbcrawl

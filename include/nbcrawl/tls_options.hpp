#pragma once

#include <cstdint>
#include <string>

namespace nbcrawl {

enum class TlsVersion : std::uint8_t { tls1_2, tls1_3 };

/// How https connections are made. Connections and sessions made with different options are never shared.
struct TlsOptions {
  bool insecure = false;              ///< take any certificate: whoever is between can read and change all of it
  std::string ca_file = {};           ///< PEM; trust these authorities instead of the system's
  std::string certificate_file = {};  ///< PEM; the client certificate and its chain; empty: none
  std::string key_file = {};          ///< PEM; its private key; empty: it is in certificate_file
  TlsVersion min_version = TlsVersion::tls1_2;
};

}  // namespace nbcrawl

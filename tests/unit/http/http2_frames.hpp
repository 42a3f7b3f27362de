#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace nbcrawl {

// Frames of RFC 9113 section 6 byte by byte, so that a test can also write those that no server should.

enum FrameType : std::uint8_t {
  data_frame,
  headers_frame,
  priority_frame,
  rst_frame,
  settings_frame,
  push_frame,
  ping_frame,
  goaway_frame,
  window_update_frame,
  continuation_frame
};

constexpr std::uint8_t end_stream = 0x1;
constexpr std::uint8_t end_headers = 0x4;
constexpr std::uint8_t ack = 0x1;

inline std::string number32(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

inline std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, std::string_view payload = {}) {
  std::string bytes = number32(static_cast<std::uint32_t>(payload.size())).substr(1);
  bytes.push_back(static_cast<char>(type));
  bytes.push_back(static_cast<char>(flags));
  return bytes.append(number32(stream)).append(payload);
}

inline std::string settings(std::initializer_list<std::pair<std::uint16_t, std::uint32_t>> values = {}) {
  std::string payload;
  for (const auto& [id, value] : values) payload.append(number32(id).substr(2)).append(number32(value));
  return frame(settings_frame, 0, 0, payload);
}

/// Literal field lines without indexing (RFC 7541 section 6.2.2); lengths below 127.
inline std::string block(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  std::string bytes;
  for (const auto& [name, value] : fields) {
    bytes.push_back('\0');
    bytes.push_back(static_cast<char>(name.size()));
    bytes.append(name);
    bytes.push_back(static_cast<char>(value.size()));
    bytes.append(value);
  }
  return bytes;
}

inline std::string headers(std::uint32_t stream, std::uint8_t flags,
                           std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  return frame(headers_frame, static_cast<std::uint8_t>(flags | end_headers), stream, block(fields));
}

inline std::string data(std::uint32_t stream, std::uint8_t flags, std::string_view bytes) {
  return frame(data_frame, flags, stream, bytes);
}

inline std::string rst(std::uint32_t stream, std::uint32_t code) { return frame(rst_frame, 0, stream, number32(code)); }

inline std::string goaway(std::uint32_t last_stream, std::uint32_t code = 0) {
  return frame(goaway_frame, 0, 0, number32(last_stream) + number32(code));
}

}  // namespace nbcrawl

#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace nbcrawl {

/// Where something stands in a settings file. Both count from 1.
struct SettingsPlace {
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  friend auto operator<=>(const SettingsPlace&, const SettingsPlace&) = default;
};

struct SettingsFault {
  SettingsPlace place;
  std::string message;
};

/// One option of a settings file, and where it stands.
struct FileOption {
  std::string name;                 ///< without "--"
  std::vector<std::string> values;  ///< as text; of a list all, else one
  SettingsPlace place;
};

/// What stands under [fetch] in the text of a settings file (TOML 1.0), in the order of the file. A value is a string,
/// a number, true, false, or a list of these.
[[nodiscard]] std::expected<std::vector<FileOption>, SettingsFault> parse_settings(std::string_view text);

}  // namespace nbcrawl

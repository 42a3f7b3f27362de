#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/text_position.hpp"

namespace nbcrawl {

struct SettingsFault {
  TextPosition place;
  std::string message;
};

/// One option of a settings file, and where it stands.
struct FileOption {
  std::string name;                 ///< without "--"
  std::vector<std::string> values;  ///< as text; of a list all, else one
  TextPosition place;
};

/// What stands under [fetch] in the text of a settings file (TOML 1.0), in the order of the file. A value is a string,
/// a number, true, false, or a list of these.
[[nodiscard]] std::expected<std::vector<FileOption>, SettingsFault> parse_settings(std::string_view text);

}  // namespace nbcrawl

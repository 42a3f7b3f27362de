#pragma once

#include <string>

/// The bytes of a file of the project, named from its top level: "docs/records.md". Throws where there is none.
std::string project_file(const std::string& path);

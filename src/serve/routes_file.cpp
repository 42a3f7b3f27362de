#include "serve/routes_file.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "base/read_whole.hpp"
#include "serve/route_handler.hpp"
#include "serve/route_spec.hpp"

namespace nbcrawl {

namespace {

using nlohmann::json;

constexpr int max_depth = 8;

Error refusal(std::string detail) {
  return {.kind = ErrorKind::invalid_job, .phase = Phase::job, .detail = std::move(detail)};
}

/// Line and column of a byte, counted from 1, as editors count.
std::string place_of(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : byte - 1);
  const std::size_t newline = before.rfind('\n');
  const std::size_t column = newline == std::string_view::npos ? before.size() : before.size() - newline - 1;
  return std::to_string(std::ranges::count(before, '\n') + 1) + ":" + std::to_string(column + 1);
}

/// What the library says without its own name for the error and its own count of the place.
std::string_view explanation(std::string_view what) {
  const std::size_t column = what.find("column ");
  const std::size_t colon = what.find(": ", column == std::string_view::npos ? 0 : column);
  return colon == std::string_view::npos ? what : what.substr(colon + 2);
}

/// JSON in which a key stands once: of two routes with one path the author would see only the last.
Result<json> parse_json(const std::string& path, const std::string& text) {
  std::vector<std::set<std::string>> open_objects;
  std::string fault;
  const auto check = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > max_depth && fault.empty()) fault = "nested too deeply";
    if (event == json::parse_event_t::object_start) open_objects.emplace_back();
    if (event == json::parse_event_t::object_end) open_objects.pop_back();
    if (event == json::parse_event_t::key && !open_objects.back().insert(parsed.get<std::string>()).second &&
        fault.empty()) {
      fault = "the key \"" + parsed.get<std::string>() + "\" stands twice";
    }
    return fault.empty();
  };
  try {
    json document = json::parse(text, check);
    if (!fault.empty()) return std::unexpected(refusal(path + ": " + fault));
    return document;
  } catch (const json::parse_error& error) {
    return std::unexpected(
        refusal(path + ":" + place_of(text, error.byte) + ": " + std::string(explanation(error.what()))));
  } catch (const json::out_of_range&) {
    return std::unexpected(refusal(path + ": a number is too large"));
  }
}

Result<> add_route(RouteTable& routes, const std::string& path, const json& object,
                   const std::filesystem::path& folder) {
  if (!path.starts_with('/')) return std::unexpected(refusal(": a path begins with \"/\""));
  auto spec = read_route_spec(object);
  if (!spec) return std::unexpected(std::move(spec.error()));
  auto handler = make_route_handler(*spec, path, folder);
  if (!handler) return std::unexpected(std::move(handler.error()));
  if (spec->directory) {
    routes.add_prefix(path, std::move(*handler), std::move(spec->methods));
  } else {
    routes.add(path, std::move(*handler), std::move(spec->methods));
  }
  return {};
}

/// Where relative paths start: a pipe, or a descriptor by its name in /dev, has no folder that its author could mean.
std::filesystem::path folder_of(const std::filesystem::path& file) {
  const bool is_descriptor = file == "/dev/stdin" || file.parent_path() == "/dev/fd";
  std::error_code none_there;
  return is_descriptor || !std::filesystem::is_regular_file(file, none_there) ? "" : file.parent_path();
}

}  // namespace

std::optional<Address> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view ip = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (fault != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  const bool bracketed = ip.starts_with('[') && ip.ends_with(']');
  if (bracketed) ip = ip.substr(1, ip.size() - 2);
  auto address = Address::parse(ip, port);
  if (address && (address->family() == AF_INET6) != bracketed) return std::nullopt;
  return address;
}

Result<RoutesFile> load_routes(const std::string& path) {
  auto text = read_whole(path, max_read_bytes, ErrorKind::invalid_job);
  if (!text) return std::unexpected(std::move(text.error()));
  const std::string name = path == "-" ? "standard input" : path;
  auto document = parse_json(name, *text);
  if (!document) return std::unexpected(std::move(document.error()));
  if (!document->is_object()) return std::unexpected(refusal(name + ": must be an object with the key routes"));
  RoutesFile file;
  const std::filesystem::path folder = folder_of(path);
  for (const auto& [key, value] : document->items()) {
    if (key == "listen") {
      if (value.is_string()) file.listen = parse_listen_address(value.get_ref<const std::string&>());
      if (!file.listen)
        return std::unexpected(
            refusal(name + ": listen: must be an IP address and a port, such as \"127.0.0.1:8080\""));
    } else if (key == "routes") {
      if (!value.is_object()) return std::unexpected(refusal(name + ": routes: must be an object of paths"));
      for (const auto& [route, object] : value.items()) {
        if (auto added = add_route(file.routes, route, object, folder); !added) {
          Error error = std::move(added.error());
          error.detail = name + ": routes[\"" + route + "\"]" + error.detail;
          return std::unexpected(std::move(error));
        }
      }
    } else {
      return std::unexpected(refusal(name + ": " + key + ": unknown key; known are listen and routes"));
    }
  }
  if (!document->contains("routes")) return std::unexpected(refusal(name + ": the key routes is missing"));
  return file;
}

}  // namespace nbcrawl

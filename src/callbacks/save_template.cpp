#include "callbacks/save_template.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/nearest_name.hpp"
#include "callbacks/save_path.hpp"

namespace nbcrawl {

namespace {

constexpr std::array<std::string_view, 7> variables = {"host", "path", "query", "scheme", "port", "id", "index"};

std::string_view or_default(std::string_view save_template) noexcept {
  return save_template.empty() ? default_save_template : save_template;
}

std::unexpected<Error> bad_template(std::string detail) {
  return std::unexpected(Error{.kind = ErrorKind::invalid_job, .phase = Phase::job, .detail = std::move(detail)});
}

std::unexpected<Error> unknown_variable(std::string_view name) {
  std::string detail = "unknown variable {" + std::string(name) + "}";
  if (const std::string_view nearest = nearest_name(name, variables); !nearest.empty()) {
    return bad_template(detail + "; did you mean {" + std::string(nearest) + "}?");
  }
  detail += "; there are";
  for (const std::string_view variable : variables) detail.append(" {").append(variable).append("}");
  return bad_template(std::move(detail));
}

/// A template's text up to a variable, and the variable; empty where the text is the template's end.
struct Piece {
  std::string_view text;
  std::string_view variable;
};

/// Takes the first piece off `rest`.
Result<Piece> next_piece(std::string_view& rest) {
  Piece piece{.text = rest.substr(0, rest.find_first_of("{}")), .variable = {}};
  rest.remove_prefix(piece.text.size());
  if (rest.empty()) return piece;
  const std::size_t end = rest.find_first_of("{}", 1);
  if (rest.front() == '}') return bad_template("'}' without a '{' before it");
  if (end == std::string_view::npos || rest[end] == '{') return bad_template("'{' without a '}' behind it");
  piece.variable = rest.substr(1, end - 1);
  rest.remove_prefix(end + 1);
  if (std::ranges::find(variables, piece.variable) == variables.end()) return unknown_variable(piece.variable);
  return piece;
}

bool has_dot_component(std::string_view path) {
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view component = path.substr(begin, end - begin);
    if (component == "." || component == "..") return true;
    begin = end + 1;
  }
  return false;
}

/// The URL's host and what tells its server from others of that host. Nearly every page is https on 443 or http, so
/// the first is the bare host, the second shows its port, and only https on another port says so.
void append_host(SavePath& path, const Url& url) {
  path.append_value(url.host());
  if (url.is_https() && url.port() == 443) return;
  path.append_value(":" + std::to_string(url.port()));
  if (url.is_https()) path.append_value(":https");
}

void append_variable(SavePath& path, std::string_view variable, const Job& job, const Url& url) {
  if (variable == "host") return append_host(path, url);
  if (variable == "path") return path.append_url_path(url);
  if (variable == "query") return path.append_value(url.query());
  if (variable == "scheme") return path.append_value(url.scheme());
  if (variable == "port") return path.append_value(std::to_string(url.port()));
  if (variable == "id" && !job.id.empty()) return path.append_value(job.id);
  path.append_value(std::to_string(job.index));
}

}  // namespace

bool is_default_template(std::string_view save_template) noexcept {
  return or_default(save_template) == default_save_template;
}

Result<> check_save_template(std::string_view save_template) {
  save_template = or_default(save_template);
  if (save_template.contains('\0')) return bad_template("it holds a NUL");
  if (save_template.starts_with('/')) return bad_template("it begins with '/'; it is a path below the output folder");
  if (save_template.ends_with('/')) return bad_template("it ends in '/' and names no file; append {path} or {index}");
  if (has_dot_component(save_template)) return bad_template("'.' and '..' can't be a part of it");
  for (std::string_view rest = save_template; !rest.empty();) {
    if (auto piece = next_piece(rest); !piece) return std::unexpected(std::move(piece.error()));
  }
  return {};
}

Result<std::string> expand_save_template(std::string_view save_template, const Job& job, const Url& url) {
  if (auto good = check_save_template(save_template); !good) return std::unexpected(std::move(good.error()));
  SavePath path;
  for (std::string_view rest = or_default(save_template); !rest.empty();) {
    const auto piece = next_piece(rest);
    if (!piece) return std::unexpected(piece.error());
    path.append_literal(piece->text);
    if (!piece->variable.empty()) append_variable(path, piece->variable, job, url);
  }
  return std::move(path).finish();
}

}  // namespace nbcrawl

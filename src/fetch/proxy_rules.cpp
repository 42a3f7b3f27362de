#include "fetch/proxy_rules.hpp"

#include <initializer_list>
#include <utility>

namespace nbcrawl {

namespace {

struct Variable {
  std::string_view name;
  std::string_view value;
};

/// The first of them that is set.
std::optional<Variable> first_of(const ProxyRules::Environment& environment, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = environment(name);
    if (value != nullptr && *value != '\0') return Variable{.name = name, .value = value};
  }
  return std::nullopt;
}

Result<std::optional<ProxyUrl>> proxy_of(const ProxyRules::Environment& environment,
                                         std::initializer_list<const char*> names) {
  const auto variable = first_of(environment, names);
  if (!variable) return std::nullopt;
  auto proxy = ProxyUrl::parse(variable->value);
  if (proxy) return std::move(*proxy);
  proxy.error().detail.insert(0, "environment variable " + std::string(variable->name) + ": ");
  return std::unexpected(std::move(proxy.error()));
}

}  // namespace

Result<ProxyRules> ProxyRules::create(const std::optional<std::string>& proxy,
                                      const std::optional<std::string>& no_proxy, const Environment& environment) {
  ProxyRules rules;
  if (!proxy) {
    // Not HTTP_PROXY: in a CGI program it is the client's field "Proxy".
    auto http = proxy_of(environment, {"http_proxy", "all_proxy", "ALL_PROXY"});
    if (!http) return std::unexpected(std::move(http.error()));
    auto https = proxy_of(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
    if (!https) return std::unexpected(std::move(https.error()));
    rules.http_ = std::move(*http);
    rules.https_ = std::move(*https);
  } else if (!proxy->empty()) {
    auto parsed = ProxyUrl::parse(*proxy);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    rules.http_ = *parsed;
    rules.https_ = std::move(*parsed);
  }
  Variable list;
  if (no_proxy) {
    list.value = *no_proxy;
  } else {
    list = first_of(environment, {"no_proxy", "NO_PROXY"}).value_or(list);
  }
  auto parsed = NoProxy::parse(list.value);
  if (!parsed) {
    if (!list.name.empty()) parsed.error().detail.insert(0, "environment variable " + std::string(list.name) + ": ");
    return std::unexpected(std::move(parsed.error()));
  }
  rules.no_proxy_ = std::move(*parsed);
  return rules;
}

Result<const ProxyUrl*> ProxyRules::choose(const Url& url, const std::string* own) {
  const ProxyUrl* chosen = nullptr;
  if (own == nullptr) {
    const auto& proxy = url.is_https() ? https_ : http_;
    if (proxy) chosen = &*proxy;
  } else if (!own->empty()) {
    if (own_text_ != *own) {
      auto parsed = ProxyUrl::parse(*own);
      if (!parsed) return std::unexpected(std::move(parsed.error()));
      own_ = std::move(*parsed);
      own_text_ = *own;
    }
    chosen = &own_;
  }
  return chosen != nullptr && !no_proxy_.contains(url) ? chosen : nullptr;
}

}  // namespace nbcrawl

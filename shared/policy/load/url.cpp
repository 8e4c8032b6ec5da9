#include "policy/load/url.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "http/path.hpp"
#include "http/url.hpp"

namespace sallyport::policy {
namespace {

bool is_host_character(char c) {
  return ascii::is_lower(c) || ascii::is_digit(c) || c == '-' || c == '.' || c == '_';
}

bool is_port(std::string_view text) {
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return ascii::is_digit(c); });
  if (text.empty() || text.size() > 5 || !digits || text.front() == '0') return false;
  unsigned port = 0;
  for (const char c : text) port = port * 10 + static_cast<unsigned>(c - '0');
  return port <= 65535;
}

/// The host of `authority`, or nothing. Upper case is refused: URLs here are compared byte for byte.
std::optional<std::string_view> read_host(std::string_view authority) {
  const auto bracket = authority.find(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const auto host = authority.substr(0, colon);
  if (colon != std::string_view::npos && !is_port(authority.substr(colon + 1))) return std::nullopt;
  if (host == "[::1]") return host;
  if (host.empty() || !std::all_of(host.begin(), host.end(), is_host_character)) return std::nullopt;
  return host;
}

}  // namespace

std::optional<plain_url> parse_url(std::string_view text) {
  const auto parts = http::split_url(text);
  if (!parts || (parts->scheme != "https" && parts->scheme != "http")) return std::nullopt;
  const auto host = read_host(parts->authority);
  if (!host) return std::nullopt;
  const auto path = parts->rest;
  const auto target = path.empty() ? result<http::target_view>(http::target_view{}) : http::require_canonical(path);
  if (!target.ok() || target->has_query) return std::nullopt;
  return plain_url{parts->scheme, parts->authority, *host, path};
}

namespace {

/// What was most likely meant: https where the scheme is another one or missing, scheme and host in lower case, without
/// user, query, fragment and blanks; without a path where there can be none. Empty when that is no URL either.
std::string meant_url(std::string_view text, url_path path) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  text = text.substr(first, text.find_last_not_of(" \t") + 1 - first);
  const auto parts = http::split_url(text);
  auto rest = parts ? text.substr(parts->scheme.size() + 3) : text;
  rest = rest.substr(0, rest.find_first_of("?#"));
  const auto slash = std::min(rest.find('/'), rest.size());
  const auto user = rest.substr(0, slash).rfind('@');
  const auto host_at = user == std::string_view::npos ? 0 : user + 1;
  std::string meant = "https://" + ascii::to_lower(rest.substr(host_at, slash - host_at));
  if (path == url_path::any) meant += rest.substr(slash);
  return parse_url(meant) && meant.find('.') != std::string::npos ? meant : "";
}

}  // namespace

std::optional<std::string> read_url(const node& at, url_path path, std::string_view otherwise) {
  auto text = at.some_text();
  if (!text) return std::nullopt;
  const auto parts = parse_url(*text);
  if (!parts) {
    const auto meant = meant_url(*text, path);
    at.refuse(reason::policy_member_type, "not a URL that can stand here",
              "write " + (meant.empty() ? "https://host[:port]" : meant) +
                  ", in lower case, without user, query or fragment" + std::string(otherwise));
    return std::nullopt;
  }
  if (!http::is_https_or_loopback(parts->scheme, parts->host)) {
    at.refuse(reason::policy_member_type, "plain http", "use https; http is accepted for loopback addresses only");
    return std::nullopt;
  }
  if (path == url_path::none && !parts->path.empty()) {
    at.refuse(reason::policy_member_type, "a URL with a path",
              "write scheme and host only, without a slash at the end: " + meant_url(*text, path));
    return std::nullopt;
  }
  return text;
}

}  // namespace sallyport::policy

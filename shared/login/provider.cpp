#include "login/provider.hpp"

#include <algorithm>

#include "encoding/json_members.hpp"
#include "http/host.hpp"
#include "http/url.hpp"

namespace sallyport::login {
namespace {

using encoding::json;

failure bad_metadata(std::string_view what) {
  return {reason::discovery_invalid, std::string(what)};
}

bool is_endpoint(std::string_view text) {
  const auto url = http::split_url(text);
  const auto host = url ? http::parse_host(url->authority) : std::nullopt;
  const bool plain = text.find('#') == std::string_view::npos &&
                     std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
  return host && plain && http::is_https_or_loopback(url->scheme, host->host);
}

result<std::string> endpoint(const json& from, std::string_view name, bool required) {
  const auto text = encoding::text_member(from, name);
  if (text.empty() && !required) return std::string();
  if (is_endpoint(text)) return std::string(text);
  return bad_metadata(std::string(name).append(text.empty() ? " is missing" : " is not an https URL"));
}

/// An absent list says nothing.
bool may_have(const json& from, std::string_view list, std::string_view value) {
  if (encoding::find_member(from, list) == nullptr) return true;
  const auto all = encoding::texts_member(from, list);
  return std::find(all.begin(), all.end(), value) != all.end();
}

}  // namespace

std::string_view name_of(client_auth how) {
  switch (how) {
    case client_auth::private_key_jwt: return "private_key_jwt";
    case client_auth::client_secret_basic: return "client_secret_basic";
    case client_auth::client_secret_post: return "client_secret_post";
    case client_auth::none: return "none";
  }
  __builtin_trap();
}

result<provider_metadata> read_metadata(std::string_view text, const provider& of) {
  const auto parsed = encoding::parse_json(text, {max_metadata_bytes, 16});
  if (!parsed.ok() || !parsed->is_object()) return bad_metadata("not a JSON object");
  // OpenID Connect Discovery section 4.3; mix-up (RFC 9700 section 4.4) begins where this is not checked.
  if (encoding::string_member(*parsed, "issuer") != of.issuer) return bad_metadata("names another issuer");
  // RFC 9700 section 2.1.1: a provider that lists methods, and not S256, would let the challenge go by unchecked.
  if (!may_have(*parsed, "code_challenge_methods_supported", "S256")) return bad_metadata("has no PKCE with S256");
  if (!may_have(*parsed, "response_types_supported", "code")) return bad_metadata("has no code flow");
  if (encoding::truth_member(*parsed, "require_pushed_authorization_requests")) {
    return bad_metadata("demands pushed authorization requests, which are not supported");
  }
  provider_metadata out;
  SALLYPORT_ASSIGN(out.authorization_endpoint, endpoint(*parsed, "authorization_endpoint", true));
  SALLYPORT_ASSIGN(out.token_endpoint, endpoint(*parsed, "token_endpoint", true));
  SALLYPORT_ASSIGN(out.jwks_uri, endpoint(*parsed, "jwks_uri", true));
  SALLYPORT_ASSIGN(out.end_session_endpoint, endpoint(*parsed, "end_session_endpoint", false));
  out.names_itself = encoding::truth_member(*parsed, "authorization_response_iss_parameter_supported");
  return out;
}

}  // namespace sallyport::login

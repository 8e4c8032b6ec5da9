#include "policy/load/signable.hpp"

#include "http/characters.hpp"
#include "http/fields.hpp"

namespace sallyport::policy {
namespace {

struct replacement {
  /// A part of the name.
  std::string_view part;
  std::string_view advice;
};
// The first that fits.
constexpr replacement replacements[] = {
    {"host", "anyone can send it: read request.host"},
    {"country", "anyone can send it: read request.country"},
    {"method", "anyone can send it: read request.method"},
    {"url", "anyone can send it: read request.path"},
    {"uri", "anyone can send it: read request.path"},
    {"user", "anyone can send it: read identity.subject"},
    {"email", "anyone can send it: read identity.email"},
    {"groups", "anyone can send it: read identity.groups"},
    {"oidc", "anyone can send it: read identity.claims"},
    {"principal", "anyone can send it: read identity.claims"},
    {"goog", "anyone can send it: read identity.claims"},
    {"auth-request", "anyone can send it: read identity.claims"},
    {"", "anyone can send it: read request.ip, request.host or request.country"},
};

std::string_view instead_of_forwarding(std::string_view lower) {
  for (const auto& each : replacements) {
    if (lower.find(each.part) != std::string_view::npos) return each.advice;
  }
  return {};
}

}  // namespace

bool is_signable_name(std::string_view lower) {
  return http::is_token(lower) && lower.find('_') == std::string_view::npos;
}

std::string_view why_unsignable(std::string_view lower) {
  if (!is_signable_name(lower)) return "use letters, digits and hyphens";
  if (lower == "authorization" || lower == "cookie" || lower == "proxy-authorization") {
    return "a credential: conditions see the identity that was verified, never the token; read identity, "
           "e.g. identity.claims.sub";
  }
  if (lower == "cache-control" || lower == "pragma") return "the platform writes it on the way to the origin";
  switch (http::classify(lower)) {
    case http::field_class::ordinary: return {};
    case http::field_class::framing:
      if (lower == "content-length") return {};
      return lower == "host" ? "read request.host instead" : "it belongs to the connection";
    case http::field_class::sallyport: return "only the edge sets it";
    case http::field_class::trusted:
    case http::field_class::forwarding: return instead_of_forwarding(lower);
    case http::field_class::hop_by_hop: return "it ends at each hop";
    case http::field_class::signature:
    case http::field_class::digest: return "the protocol itself uses it";
  }
  return "";
}

}  // namespace sallyport::policy

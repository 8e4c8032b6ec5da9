#include "gate/protocol/assertion.hpp"

#include <optional>

#include "encoding/json.hpp"
#include "gate/protocol/probe.hpp"
#include "policy/travel.hpp"

namespace sallyport::gate {
namespace {

using encoding::json;

// Deeper than a caller's token may be, since its claims stand one level lower here.
constexpr encoding::json_limits limits{std::size_t{64} << 10, 40};

/// A time in whole seconds: the edge writes nothing else.
std::optional<unix_seconds> whole_seconds(const json& claims, std::string_view name) {
  const auto time = encoding::integer_member(claims, name);
  return time && *time >= 0 ? time : std::nullopt;
}

bool read_text(const json& claims, std::string_view name, std::string& to) {
  const auto text = encoding::string_member(claims, name);
  if (!text || text->empty()) return false;
  to = *text;
  return true;
}

bool read_texts(const json& claims, assertion& what) {
  return read_text(claims, "iss", what.issuer) && read_text(claims, "aud", what.audience) &&
         read_text(claims, "route", what.route) && read_text(claims, "pol", what.policy_digest) &&
         read_text(claims, "jti", what.id);
}

bool read_times(const json& claims, assertion& what) {
  const auto issued_at = whole_seconds(claims, "iat");
  const auto expires = whole_seconds(claims, "exp");
  if (!issued_at || !expires) return false;
  what.issued_at = *issued_at;
  what.expires = *expires;
  // RFC 7519 section 4.1.5: nbf must be kept when it is there. It adds nothing when it is not later than iat.
  const auto not_before = whole_seconds(claims, "nbf");
  return !claims.contains("nbf") || (not_before && *not_before <= *issued_at);
}

bool read_body(const json& claims, assertion& what) {
  if (!claims.contains("body")) return true;
  what.body = body_coverage::stream;
  return encoding::string_member(claims, "body") == "stream";
}

}  // namespace

std::string write_assertion(const assertion& what, const policy::used_facts& used) {
  json claims{{"iss", what.issuer}, {"aud", what.audience},  {"route", what.route}, {"pol", what.policy_digest},
              {"jti", what.id},     {"iat", what.issued_at}, {"exp", what.expires}};
  if (what.body == body_coverage::stream) claims["body"] = "stream";
  policy::write_identity(what.who, used, claims);
  return encoding::canonical_json(claims);
}

result<assertion> read_assertion(std::string_view payload) {
  const auto claims = encoding::parse_json(payload, limits);
  if (!claims.ok() || !claims->is_object()) {
    return failure(reason::assertion_invalid, "the payload is not a JSON object");
  }
  assertion what;
  if (!read_texts(*claims, what)) return failure(reason::assertion_invalid, "iss, aud, route, pol or jti");
  if (!read_times(*claims, what)) return failure(reason::assertion_invalid, "iat, exp or nbf");
  if (!read_body(*claims, what)) return failure(reason::assertion_invalid, "body");
  // Only at its own path, and then as a probe, which has no identity.
  if (what.route == probe_route) return failure(reason::assertion_invalid, "the route of a probe, at another path");
  SALLYPORT_ASSIGN(what.who, policy::read_identity(*claims));
  return what;
}

}  // namespace sallyport::gate

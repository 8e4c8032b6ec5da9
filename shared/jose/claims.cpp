#include "jose/claims.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/ascii.hpp"
#include "encoding/shown.hpp"

namespace sallyport::jose {
namespace {

/// Doubles hold every integer up to here, so that no time is silently another one.
constexpr double max_time = 9007199254740992.0;

failure wrong_type(const char* name) {
  return {reason::jwt_claims_invalid, std::string(name) + " has the wrong type"};
}

result<std::optional<std::string_view>> text_claim(const json& claims, const char* name) {
  const json* member = encoding::find_member(claims, name);
  if (member == nullptr) return std::optional<std::string_view>();
  if (!member->is_string()) return wrong_type(name);
  return std::optional<std::string_view>(*member->get_ptr<const std::string*>());
}

/// Integers are compared as such: the one above the bound is the bound as a double.
bool is_in_range(const json& time) {
  constexpr auto bound = static_cast<std::int64_t>(max_time);
  if (time.is_number_float()) return std::fabs(time.get<double>()) <= max_time;
  if (time.is_number_unsigned()) return time.get<std::uint64_t>() <= static_cast<std::uint64_t>(bound);
  const auto seconds = time.get<std::int64_t>();
  return seconds >= -bound && seconds <= bound;
}

// RFC 7519 section 2, NumericDate: a JSON number, decimals allowed.
result<std::optional<numeric_date>> time_claim(const json& claims, const char* name) {
  const json* member = encoding::find_member(claims, name);
  if (member == nullptr) return std::optional<numeric_date>();
  if (!member->is_number()) return wrong_type(name);
  if (!is_in_range(*member)) return failure(reason::jwt_claims_invalid, std::string(name) + " is out of range");
  return std::optional<numeric_date>(member->get<double>());
}

// RFC 7519 section 4.1.3: a string, or a list of strings.
result<void> check_audience_type(const json& claims) {
  const json* audience = encoding::find_member(claims, "aud");
  if (audience == nullptr || audience->is_string()) return {};
  const auto is_text = [](const json& entry) { return entry.is_string(); };
  if (!audience->is_array() || !std::all_of(audience->begin(), audience->end(), is_text)) return wrong_type("aud");
  return {};
}

/// RFC 7515 section 4.1.9: "application/" may be left out when no other slash is there.
std::string_view without_application(std::string_view typ) {
  constexpr std::string_view prefix = "application/";
  if (typ.size() <= prefix.size() || !ascii::equal(typ.substr(0, prefix.size()), prefix)) return typ;
  const std::string_view rest = typ.substr(prefix.size());
  return rest.find('/') == std::string_view::npos ? rest : typ;
}

bool same_type(std::string_view a, std::string_view b) {
  return ascii::equal(without_application(a), without_application(b));
}

bool is_one_of(std::string_view typ, std::span<const std::string> types) {
  return std::any_of(types.begin(), types.end(), [&](const std::string& each) { return same_type(typ, each); });
}

bool names_one_of(const json* audience, std::span<const std::string> ours) {
  const auto is_ours = [&](const json& entry) {
    return std::find(ours.begin(), ours.end(), *entry.get_ptr<const std::string*>()) != ours.end();
  };
  if (audience == nullptr) return false;
  return audience->is_string() ? is_ours(*audience) : std::any_of(audience->begin(), audience->end(), is_ours);
}

/// What the token is for, beside what it must be for. Precondition: `aud` has its type.
failure audience_mismatch(const json* audience, std::span<const std::string> ours) {
  std::vector<std::string_view> seen;
  if (audience != nullptr && audience->is_string()) seen.emplace_back(*audience->get_ptr<const std::string*>());
  if (audience != nullptr && audience->is_array()) {
    for (const auto& entry : *audience) seen.emplace_back(*entry.get_ptr<const std::string*>());
  }
  const std::string has = seen.empty() ? "no aud" : "aud " + encoding::shown_some(seen);
  return {reason::jwt_audience_mismatch, "the token has " + has + "; wanted " + encoding::shown_some(ours)};
}

failure issuer_mismatch(std::optional<std::string_view> seen, std::string_view wanted) {
  const std::string has = seen ? "iss " + encoding::shown(*seen) : "no iss";
  return {reason::jwt_issuer_mismatch, "the token has " + has + "; wanted " + encoding::shown(wanted)};
}

/// `span` in whole seconds, rounded up; for people.
std::string in_seconds(double span) {
  return std::to_string(static_cast<std::int64_t>(std::ceil(std::min(span, max_time)))) + " s";
}

failure off_by(reason why, const char* what, double span, seconds skew) {
  return {why, what + in_seconds(span) + ", skew allowed " + std::to_string(skew) + " s"};
}

result<void> check_expiry(const registered_claims& claims, const claims_options& options) {
  const auto now = static_cast<double>(options.now);
  if (!claims.expires) {
    if (options.require_expiry || options.max_lifetime)
      return failure(reason::jwt_expiry_missing, "the token has no exp");
    return {};
  }
  // RFC 7519 section 4.1.4: on or after exp the token must not be accepted.
  if (now >= *claims.expires + static_cast<double>(options.skew)) {
    return off_by(reason::jwt_expired, "expired for ", now - *claims.expires, options.skew);
  }
  return {};
}

result<void> check_start(const registered_claims& claims, const claims_options& options) {
  const auto now = static_cast<double>(options.now);
  const auto latest = now + static_cast<double>(options.skew);
  if (claims.not_before && latest < *claims.not_before) {
    return off_by(reason::jwt_not_yet_valid, "valid only in ", *claims.not_before - now, options.skew);
  }
  if (claims.issued_at && latest < *claims.issued_at) {
    return off_by(reason::jwt_issued_in_future, "issued in the future by ", *claims.issued_at - now, options.skew);
  }
  return {};
}

result<void> check_lifetime(const registered_claims& claims, const claims_options& options) {
  if (!options.max_lifetime || !claims.expires) return {};
  const double start = claims.issued_at.value_or(static_cast<double>(options.now));
  const double lifetime = *claims.expires - start;
  if (lifetime <= static_cast<double>(*options.max_lifetime)) return {};
  return failure(reason::jwt_lifetime_too_long,
                 "lives " + in_seconds(lifetime) + ", allowed " + std::to_string(*options.max_lifetime) + " s");
}

}  // namespace

result<registered_claims> read_registered_claims(const json& claims) {
  if (!claims.is_object()) return failure(reason::jwt_claims_invalid, "the payload is not a JSON object");
  registered_claims out;
  SALLYPORT_ASSIGN(out.issuer, text_claim(claims, "iss"));
  SALLYPORT_ASSIGN(out.subject, text_claim(claims, "sub"));
  SALLYPORT_ASSIGN(out.id, text_claim(claims, "jti"));
  SALLYPORT_ASSIGN(out.expires, time_claim(claims, "exp"));
  SALLYPORT_ASSIGN(out.not_before, time_claim(claims, "nbf"));
  SALLYPORT_ASSIGN(out.issued_at, time_claim(claims, "iat"));
  SALLYPORT_TRY(check_audience_type(claims));
  return out;
}

result<void> check_claims(const json& claims, std::string_view typ, const claims_options& options) {
  if (options.types && !is_one_of(typ, *options.types)) {
    return failure(reason::jwt_type_mismatch, typ.empty() ? "no typ" : "typ is " + encoding::shown(typ));
  }
  SALLYPORT_ASSIGN(const registered_claims registered, read_registered_claims(claims));
  if (options.issuer && registered.issuer != options.issuer) {
    return issuer_mismatch(registered.issuer, *options.issuer);
  }
  const json* audience = encoding::find_member(claims, "aud");
  if (options.audiences && !names_one_of(audience, *options.audiences)) {
    return audience_mismatch(audience, *options.audiences);
  }
  SALLYPORT_TRY(check_expiry(registered, options));
  SALLYPORT_TRY(check_start(registered, options));
  return check_lifetime(registered, options);
}

}  // namespace sallyport::jose

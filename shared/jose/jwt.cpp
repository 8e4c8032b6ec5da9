#include "jose/jwt.hpp"

namespace sallyport::jose {

std::optional<std::string_view> unverified_jwt::claimed_issuer() const {
  return encoding::string_member(claims, "iss");
}

registered_claims verified_jwt::registered() const {
  auto registered = read_registered_claims(claims_);
  return std::move(*registered);  // verify_jwt read them before it made this object
}

result<unverified_jwt> parse_jwt(std::string_view token, const jws_limits& limits) {
  SALLYPORT_ASSIGN(unverified_jws jws, parse_jws(token, limits));
  auto claims = encoding::parse_json(as_text(jws.payload));
  if (!claims.ok()) {
    return failure(reason::jwt_claims_invalid, std::string(name_of(claims.why())) + ": " + claims.error().detail);
  }
  if (!claims->is_object()) return failure(reason::jwt_claims_invalid, "the payload is not a JSON object");
  return unverified_jwt{std::move(jws), std::move(*claims)};
}

result<verified_jwt> verify_jwt(unverified_jwt token, const jwk_set& keys, crypto::algorithm_set allowed,
                                const claims_options& options, crypto::port& host) {
  SALLYPORT_ASSIGN(const verified_jws verified, verify_jws(std::move(token.jws), keys, allowed, host));
  SALLYPORT_TRY(check_claims(token.claims, verified.header().typ, options));
  return verified_jwt(verified.header(), std::move(token.claims));
}

}  // namespace sallyport::jose

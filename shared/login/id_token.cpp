#include "login/id_token.hpp"

#include <algorithm>

#include "encoding/base64url.hpp"
#include "jose/jwt.hpp"

namespace sallyport::login {
namespace {

using encoding::json;

constexpr std::size_t max_subject_characters = 255;
constexpr std::size_t max_id_token_bytes = std::size_t{32} << 10;

// OpenID Connect Core section 3.1.3.7, steps 3 to 5. An audience beside ours, without azp, is somebody who could use a token
// of theirs here.
result<void> check_client(const json& claims, const std::string& client_id) {
  const auto* azp = encoding::find_member(claims, "azp");
  if (azp != nullptr) {
    return *azp == json(client_id) ? result<void>() : failure(reason::jwt_audience_mismatch, "azp is another client");
  }
  const auto* audience = encoding::find_member(claims, "aud");
  const bool alone = audience != nullptr && (audience->is_string() || audience->size() == 1);
  return alone ? result<void>() : failure(reason::jwt_audience_mismatch, "several audiences, and no azp");
}

result<void> check_age(const jose::registered_claims& claims, const id_token_wanted& wanted) {
  if (!claims.issued_at) return failure(reason::jwt_claims_invalid, "iat is absent");
  const auto age = static_cast<double>(wanted.now) - *claims.issued_at;
  const bool fresh = age <= static_cast<double>(max_id_token_age + wanted.from.clock_skew);
  return fresh ? result<void>() : failure(reason::jwt_expired, "iat is more than 10 minutes ago");
}

result<void> check_subject(const jose::registered_claims& claims) {
  if (!claims.subject || claims.subject->empty()) return failure(reason::jwt_subject_missing, "sub is absent or empty");
  const bool printable =
      std::all_of(claims.subject->begin(), claims.subject->end(), [](char c) { return c >= ' ' && c < 0x7F; });
  if (claims.subject->size() <= max_subject_characters && printable) return {};
  return failure(reason::jwt_claims_invalid, "sub is not 255 characters of printable ASCII at most");
}

/// The hash of the token's algorithm; EdDSA with Ed25519 hashes with SHA-512.
crypto::hash hash_of(crypto::algorithm how) {
  const auto named = crypto::describe(how).hash;
  return named == crypto::hash::none ? crypto::hash::sha512 : named;
}

// OpenID Connect Core section 3.1.3.8: the left half of the hash.
result<void> check_access_token(const jose::verified_jwt& token, std::string_view access_token, crypto::port& host) {
  const auto* given = encoding::find_member(token.claims(), "at_hash");
  if (given == nullptr) return {};
  const auto hasher = host.start_hash(hash_of(token.header().algorithm));
  hasher->update(as_bytes(access_token));
  const bytes digest = hasher->finish();
  const auto half = encoding::encode_base64url(bytes_view(digest).first(digest.size() / 2));
  return *given == json(half) ? result<void>() : result<void>(reason::login_at_hash_differs);
}

result<void> check_nonce(const json& claims, std::string_view wanted, crypto::port& host) {
  const auto given = encoding::string_member(claims, "nonce");
  const bool same = given && host.equal_constant_time(as_bytes(*given), as_bytes(wanted));
  return same ? result<void>() : result<void>(reason::login_nonce_differs);
}

jose::claims_options claims_wanted(const id_token_wanted& wanted, std::span<const std::string> audiences,
                                   std::span<const std::string> types) {
  jose::claims_options options;
  options.issuer = wanted.from.issuer;
  options.audiences = audiences;
  options.types = types;
  options.now = wanted.now;
  options.skew = wanted.from.clock_skew;
  return options;
}

}  // namespace

result<json> check_id_token(std::string_view token, const jose::jwk_set& keys, const id_token_wanted& wanted,
                            crypto::port& host) {
  SALLYPORT_ASSIGN(auto read, jose::parse_jwt(token, {max_id_token_bytes}));
  const std::string audiences[] = {wanted.from.client_id}, types[] = {"", "JWT"};
  SALLYPORT_ASSIGN(const auto checked, jose::verify_jwt(std::move(read), keys, wanted.from.algorithms,
                                                        claims_wanted(wanted, audiences, types), host));
  const auto registered = checked.registered();
  SALLYPORT_TRY(check_client(checked.claims(), wanted.from.client_id));
  SALLYPORT_TRY(check_age(registered, wanted));
  SALLYPORT_TRY(check_subject(registered));
  SALLYPORT_TRY(check_nonce(checked.claims(), wanted.nonce, host));
  SALLYPORT_TRY(check_access_token(checked, wanted.access_token, host));
  return checked.claims();
}

}  // namespace sallyport::login

#include "gate/edge/authenticate.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "encoding/shown.hpp"
#include "gate/edge/unknown_issuer.hpp"
#include "policy/token_identity.hpp"

namespace sallyport::gate {
namespace {

// A longer token is verified every time: what its claims become in memory is many times its size.
constexpr std::size_t max_remembered_token_bytes = std::size_t{8} << 10;

/// A token without `aud` is held to its client_id by identity_from_claims, where the issuer allows that.
bool is_audience_checked_later(const policy::issuer& issuer, const jose::json& claims) {
  return issuer.audience_may_be_client_id && !claims.contains("aud");
}

jose::claims_options options_for(const policy::issuer& issuer, const jose::json& claims, unix_milliseconds now) {
  jose::claims_options options;
  // The iss that led to this issuer: one of several spellings, perhaps.
  options.issuer = encoding::string_member(claims, "iss");
  options.types = issuer.types;
  if (!is_audience_checked_later(issuer, claims)) options.audiences = issuer.audiences;
  options.now = to_seconds(now);
  options.skew = issuer.clock_skew;
  if (issuer.max_lifetime > 0) options.max_lifetime = issuer.max_lifetime;
  return options;
}

verified_token_ptr make_anonymous() {
  auto token = std::make_shared<verified_token>();
  token->until = std::numeric_limits<double>::infinity();
  return token;
}

/// Whether the token names its key, and the set has that key.
bool is_named(const jose::unverified_jwt& token, const jose::jwk_set& keys) {
  const auto& kid = token.jws.header.kid;
  return !kid.empty() && keys.find(kid) != nullptr;
}

/// Whether a newer set could say otherwise. A key without kid stands for any kid that no key has, so at an issuer with
/// such keys a rotation shows as a signature that does not verify.
bool may_be_rotated(reason why, bool named) {
  if (why == reason::key_not_found) return true;
  return !named && (why == reason::jws_signature_invalid || why == reason::jwk_algorithm_mismatch);
}

/// Verified tokens have a signature that is good; only then is it known whose they are.
bool is_after_signature(reason why) {
  return static_cast<unsigned>(why) >= static_cast<unsigned>(reason::jwt_claims_invalid);
}

/// What of a token its refusal tells operators: never more of it than this, and the detail.
struct token_names {
  std::string kid, subject;

  failure in_front_of(const failure& why, const policy::issuer& from) const {
    std::string detail = "issuer " + from.name;
    const bool has_kid = why.why == reason::key_not_found || why.why == reason::jwk_algorithm_mismatch;
    if (!has_kid) detail += kid.empty() ? ", no kid" : ", kid " + encoding::shown(kid, 64);
    if (is_after_signature(why.why) && !subject.empty()) detail += ", sub " + encoding::shown(subject, 64);
    return {why.why, why.detail.empty() ? detail : detail + ": " + why.detail};
  }
};

token_names names_of(const jose::unverified_jwt& token) {
  return {token.jws.header.kid, std::string(encoding::string_member(token.claims, "sub").value_or(""))};
}

}  // namespace

std::uint64_t authenticator::digest_hash::operator()(const crypto::sha256_digest& digest) const {
  std::uint64_t hash = 0;
  std::memcpy(&hash, digest.data(), sizeof hash);
  return hash;
}

authenticator::authenticator(policy::policy_ptr policy, const authenticator_limits& limits, crypto::port& host)
    : policy_(std::move(policy)),
      limits_(limits),
      host_(host),
      places_(*policy_),
      memory_(std::max<std::size_t>(1, limits.verified_tokens)),
      anonymous_(make_anonymous()) {
  for (const auto& issuer : policy_->issuers) {
    key_source source{issuer.name, issuer.url, issuer.jwks_uri};
    if (issuer.keys != nullptr) key_sets_.emplace_back(std::move(source), issuer.keys);
    if (issuer.keys == nullptr) key_sets_.emplace_back(std::move(source), limits.keys);
  }
}

authentication authenticator::authenticate(const credential& found, unix_milliseconds now,
                                           std::vector<key_request>& refresh) {
  if (found.token.size() > limits_.max_token_bytes) {
    return failure(reason::credential_too_large, std::to_string(found.token.size()) + " bytes");
  }
  const auto digest = host_.sha256(as_bytes(found.token));
  if (auto known = remembered(digest, found, now)) {
    note_refresh(known->issuer, now, refresh);
    return known;
  }
  auto token = jose::parse_jwt(found.token, {limits_.max_token_bytes});
  if (!token.ok()) return token.error();
  const auto issuer = issuer_of(*token, found);
  if (!issuer.ok()) return issuer.error();
  auto verdict = verify(std::move(*token), found.token.size(), *issuer, digest, now);
  note_refresh(*issuer, now, refresh);
  return verdict;
}

verified_token_ptr authenticator::remembered(const crypto::sha256_digest& digest, const credential& found,
                                             unix_milliseconds now) {
  const auto* entry = memory_.find(digest);
  if (entry == nullptr) return nullptr;
  const verified_token& known = **entry;
  const auto& keys = key_sets_[known.issuer];
  if (keys.generation() != known.key_generation || keys.current(now) == nullptr) return nullptr;
  const auto time = static_cast<double>(to_seconds(now));
  if (time < known.from || time >= known.until || !places_.takes(known.issuer, found)) return nullptr;
  return *entry;
}

result<std::size_t> authenticator::issuer_of(const jose::unverified_jwt& token, const credential& found) const {
  const auto iss = token.claimed_issuer();
  const auto* issuer = iss ? policy::find_issuer_by_url(*policy_, *iss) : nullptr;
  if (issuer == nullptr) return failure(reason::issuer_unknown, describe_unknown_issuer(*policy_, iss));
  const auto number = static_cast<std::size_t>(issuer - policy_->issuers.data());
  if (!places_.takes(number, found)) {
    return failure(reason::issuer_unknown, "issuer " + issuer->name + " takes no token from there");
  }
  return number;
}

authentication authenticator::verify(jose::unverified_jwt token, std::size_t size, std::size_t issuer,
                                     const crypto::sha256_digest& digest, unix_milliseconds now) {
  key_set& set = key_sets_[issuer];
  const auto keys = set.current(now);
  if (keys == nullptr) {
    if (auto request = set.want(key_need::fresh, now)) return std::move(*request);
    return failure(reason::keys_unavailable, set.source().name + ": " + set.health(now).last_detail);
  }
  const bool named = is_named(token, *keys);
  const token_names names = names_of(token);
  auto checked = check(std::move(token), issuer, *keys, now);
  if (may_be_rotated(checked.why(), named)) {
    if (auto request = set.want(key_need::unknown_kid, now)) return std::move(*request);
  }
  if (!checked.ok()) return names.in_front_of(checked.error(), policy_->issuers[issuer]);
  checked->digest = digest;
  checked->issuer = issuer;
  checked->key_generation = set.generation();
  auto made = std::make_shared<const verified_token>(std::move(*checked));
  if (size <= max_remembered_token_bytes) memory_.insert(digest, made);
  return made;
}

result<verified_token> authenticator::check(jose::unverified_jwt token, std::size_t issuer, const jose::jwk_set& keys,
                                            unix_milliseconds now) {
  const auto& from = policy_->issuers[issuer];
  const auto options = options_for(from, token.claims, now);
  SALLYPORT_ASSIGN(const auto verified, jose::verify_jwt(std::move(token), keys, from.algorithms, options, host_));
  verified_token made;
  SALLYPORT_ASSIGN(made.who, policy::identity_from_claims(from, verified.claims()));
  const auto times = verified.registered();
  const auto skew = static_cast<double>(from.clock_skew);
  made.from = std::max(times.not_before.value_or(0), times.issued_at.value_or(0)) - skew;
  made.until = times.expires.value_or(0) + skew;
  return made;
}

// Asked last, so that a set that was needed at once is not asked for twice.
void authenticator::note_refresh(std::size_t issuer, unix_milliseconds now, std::vector<key_request>& refresh) {
  key_set& set = key_sets_[issuer];
  if (set.current(now) == nullptr || !set.stale(now)) return;
  if (auto request = set.want(key_need::fresh, now)) refresh.push_back(std::move(*request));
}

result<std::string> authenticator::supply(const key_request& request, const key_response& answer,
                                          unix_milliseconds now) {
  for (auto& set : key_sets_) {
    if (set.source().name != request.source) continue;
    const auto held = set.generation();
    SALLYPORT_TRY(set.supply(request.step, answer, now, host_));
    return set.generation() == held ? std::string() : set.health(now).passed_over;
  }
  return failure(reason::internal, "no issuer " + request.source);
}

std::vector<std::pair<std::string, key_set_health>> authenticator::health(unix_milliseconds now) const {
  std::vector<std::pair<std::string, key_set_health>> all;
  for (const auto& set : key_sets_) all.emplace_back(set.source().name, set.health(now));
  return all;
}

}  // namespace sallyport::gate

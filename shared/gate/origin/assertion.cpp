#include "gate/origin/assertion.hpp"

#include <algorithm>
#include <functional>

#include "jose/jws.hpp"

namespace sallyport::gate {
namespace {

constexpr crypto::algorithm_set assertion_algorithms{crypto::algorithm::es256, crypto::algorithm::eddsa};

failure invalid(std::string_view detail) {
  return failure(reason::assertion_invalid, std::string(detail));
}

/// What does not change while one snapshot is held.
result<void> check_binding(const assertion& content, const origin_snapshot& held) {
  const bool ours = content.issuer == held.policy->edge.issuer ||
                    (held.previous != nullptr && content.issuer == held.previous->edge.issuer);
  if (!ours) return failure(reason::assertion_issuer, "iss is not " + held.policy->edge.issuer);
  const std::string_view audience = content.audience;
  const bool for_us = audience.substr(0, service_audience_prefix.size()) == service_audience_prefix &&
                      audience.substr(service_audience_prefix.size()) == held.service;
  if (!for_us) return failure(reason::assertion_audience, "aud is not this service");
  if (content.expires <= content.issued_at) return invalid("exp is not after iat");
  if (content.expires - content.issued_at > max_assertion_lifetime) return reason::assertion_lifetime;
  return {};
}

result<void> check_times(const assertion& content, unix_seconds now, seconds skew) {
  if (content.issued_at > now + skew) {
    return failure(reason::assertion_not_yet_valid,
                   "issued " + std::to_string(content.issued_at - now) + " s ahead of this clock");
  }
  if (now >= content.expires + skew) {
    return failure(reason::assertion_expired,
                   "expired " + std::to_string(now - content.expires) + " s ago by this clock");
  }
  return {};
}

bool has_route(const policy::policy_ptr& policy, std::string_view id) {
  return policy != nullptr && policy::find_route(*policy, id) != nullptr;
}

/// Known to the policy that the assertion names; an assertion of an unknown policy is held to the current one here, and
/// check 8 refuses it.
result<void> check_route(const assertion& content, const origin_snapshot& held) {
  const bool previous = held.previous != nullptr && content.policy_digest == held.previous->digest &&
                        content.policy_digest != held.policy->digest;
  if (has_route(previous ? held.previous : held.policy, content.route)) return {};
  return failure(reason::assertion_route_unknown, "route " + content.route);
}

}  // namespace

std::uint64_t assertion_verifier::text_hash::operator()(std::string_view text) const {
  // Only texts that verified are entered, so nobody can choose them to collide.
  return std::hash<std::string_view>{}(text);
}

assertion_verifier::assertion_verifier(const origin_limits& limits, crypto::port& host)
    : limits_(limits), host_(host), memory_(std::max<std::size_t>(1, limits.verified_assertions)) {}

result<std::shared_ptr<const verified_assertion>> assertion_verifier::verify(std::string_view text,
                                                                             const origin_snapshot& held,
                                                                             unix_seconds now, bool& unknown_key) {
  const entry* known = memory_.find(text);
  entry fresh;
  if (known == nullptr) {
    SALLYPORT_ASSIGN(fresh, read(text, held, unknown_key));
    known = &memory_.insert(std::string(text), std::move(fresh));
  }
  const assertion& content = (*known)->content;
  SALLYPORT_TRY(check_times(content, now, limits_.skew));
  SALLYPORT_TRY(check_route(content, held));
  return *known;
}

result<assertion_verifier::entry> assertion_verifier::read(std::string_view text, const origin_snapshot& held,
                                                           bool& unknown_key) {
  auto token = jose::parse_jws(text, {max_assertion_bytes});
  if (!token.ok()) return invalid(name_of(token.why()));
  if (token->header.kid.empty()) return invalid("no kid");
  auto verified = jose::verify_jws(std::move(*token), *held.edge_keys, assertion_algorithms, host_);
  unknown_key = verified.why() == reason::key_not_found;
  if (!verified.ok()) return invalid(name_of(verified.why()));
  if (verified->header().typ != assertion_typ) return invalid("typ");
  auto made = std::make_shared<verified_assertion>();
  SALLYPORT_ASSIGN(made->content, read_assertion(as_text(verified->payload())));
  SALLYPORT_TRY(check_binding(made->content, held));
  made->kid = verified->header().kid;
  return entry(std::move(made));
}

}  // namespace sallyport::gate

#include "gate/origin/assertion.hpp"

#include <algorithm>
#include <functional>

#include "encoding/shown.hpp"
#include "gate/origin/signature.hpp"

namespace sallyport::gate {
namespace {

constexpr crypto::algorithm_set assertion_algorithms{crypto::algorithm::es256, crypto::algorithm::eddsa};

failure invalid(std::string_view detail) {
  return failure(reason::assertion_invalid, std::string(detail));
}

std::string describe(const failure& why) {
  return std::string(name_of(why.why)) + (why.detail.empty() ? "" : ": " + why.detail);
}

/// Known to the policy that the assertion names. Of an unknown policy nobody knows the routes, and check 8 says so.
result<void> check_route(const assertion& content, const origin_snapshot& held) {
  const auto* policy = policy_by_digest(held, content.policy_digest);
  if (policy == nullptr || policy::find_route(*policy, content.route) != nullptr) return {};
  return failure(reason::assertion_route_unknown, "route " + encoding::shown(content.route));
}

}  // namespace

result<jose::verified_jws> verify_assertion_jws(std::string_view text, const origin_snapshot& held, crypto::port& host,
                                                bool& unknown_key) {
  auto token = jose::parse_jws(text, {max_assertion_bytes});
  if (!token.ok()) return invalid(describe(token.error()));
  if (token->header.kid.empty()) return invalid("no kid");
  auto verified = jose::verify_jws(std::move(*token), *held.edge_keys, assertion_algorithms, host);
  unknown_key = verified.why() == reason::key_not_found;
  if (unknown_key) {
    return failure(reason::httpsig_key_unknown,
                   "of the assertion: " + verified.error().detail + "; " + describe_kids(held));
  }
  if (!verified.ok()) return invalid(describe(verified.error()));
  if (verified->header().typ != assertion_typ) return invalid("typ is " + encoding::shown(verified->header().typ));
  return verified;
}

result<void> check_binding(const assertion& content, const origin_snapshot& held, seconds longest) {
  const bool ours = content.issuer == held.policy->edge.issuer ||
                    (held.previous != nullptr && content.issuer == held.previous->edge.issuer);
  if (!ours) {
    return failure(reason::assertion_issuer, "iss is " + encoding::shown(content.issuer) + "; wanted " +
                                                 encoding::shown(held.policy->edge.issuer));
  }
  const std::string_view audience = content.audience;
  const bool for_us = audience.substr(0, service_audience_prefix.size()) == service_audience_prefix &&
                      audience.substr(service_audience_prefix.size()) == held.service;
  if (!for_us) {
    const std::string wanted = std::string(service_audience_prefix) + held.service;
    return failure(reason::assertion_audience,
                   "aud is " + encoding::shown(audience) + "; wanted " + encoding::shown(wanted));
  }
  if (content.expires <= content.issued_at) return invalid("exp is not after iat");
  const seconds lifetime = content.expires - content.issued_at;
  if (lifetime <= longest) return {};
  return failure(reason::assertion_lifetime, "lives " + std::to_string(lifetime) + " s");
}

result<void> check_assertion_times(const assertion& content, unix_seconds now, seconds skew) {
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
  SALLYPORT_TRY(check_assertion_times(content, now, limits_.skew));
  SALLYPORT_TRY(check_route(content, held));
  return *known;
}

result<assertion_verifier::entry> assertion_verifier::read(std::string_view text, const origin_snapshot& held,
                                                           bool& unknown_key) {
  SALLYPORT_ASSIGN(const auto verified, verify_assertion_jws(text, held, host_, unknown_key));
  auto made = std::make_shared<verified_assertion>();
  SALLYPORT_ASSIGN(made->content, read_assertion(as_text(verified.payload())));
  SALLYPORT_TRY(check_binding(made->content, held, max_assertion_lifetime));
  made->kid = verified.header().kid;
  return entry(std::move(made));
}

}  // namespace sallyport::gate

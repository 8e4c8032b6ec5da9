#include "gate/origin/channel_checks.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "channel/field.hpp"
#include "channel/grant.hpp"
#include "encoding/base64url.hpp"
#include "encoding/shown.hpp"
#include "gate/protocol/signature_name.hpp"

namespace sallyport::gate {
namespace {

failure invalid_grant(std::string detail) {
  return {reason::channel_grant_invalid, std::move(detail)};
}

/// Check 1. The policy before the one in force does not count: who turns channels off means now.
result<void> check_policy(const httpsig::received_profile& received, const origin_snapshot& held) {
  if (received.keyid->size() != channel::keyid_characters) {
    return failure(reason::httpsig_algorithm, "a channel's keyid has 47 characters");
  }
  const std::string_view wanted = crypto::describe(crypto::algorithm::hs256).httpsig_name;
  if (received.alg != wanted) {
    return failure(reason::httpsig_algorithm, "a channel's alg is " + std::string(wanted) + ", here it is " +
                                                  encoding::shown(received.alg.value_or(""), 32));
  }
  if (allows_channels(held)) return {};
  return failure(reason::httpsig_algorithm, "service " + held.service + " has no channels");
}

std::optional<channel::channel_id> read_keyid(std::string_view keyid) {
  const auto octets = encoding::decode_base64url(keyid.substr(channel::keyid_prefix.size()));
  channel::channel_id id;
  if (!octets.ok() || octets->size() != id.size()) return std::nullopt;
  std::copy(octets->begin(), octets->end(), id.begin());
  return id;
}

/// The digest before anything is parsed: any text of that size costs a hash and no more.
bool is_named_by(std::string_view keyid, std::string_view grant, crypto::port& host) {
  const auto dot = grant.rfind('.');
  if (grant.size() > channel::max_grant_bytes || dot == std::string_view::npos) return false;
  return channel::keyid_of(host.sha256(as_bytes(grant.substr(0, dot)))) == keyid;
}

result<void> check_issuer_and_audience(const channel::grant& grant, const origin_snapshot& held) {
  const bool ours = grant.issuer == held.policy->edge.issuer ||
                    (held.previous != nullptr && grant.issuer == held.previous->edge.issuer);
  if (!ours) {
    return failure(reason::channel_grant_issuer,
                   "iss is " + encoding::shown(grant.issuer) + "; wanted " + encoding::shown(held.policy->edge.issuer));
  }
  const std::string wanted = std::string(channel::audience_prefix) + held.service;
  if (grant.audience == wanted) return {};
  return failure(reason::channel_grant_audience,
                 "aud is " + encoding::shown(grant.audience) + "; wanted " + encoding::shown(wanted));
}

failure expired(unix_seconds expires, unix_seconds now) {
  return {reason::channel_grant_expired, "expired " + std::to_string(now - expires) + " s ago by this clock"};
}

result<void> check_times(const channel::grant& grant, unix_seconds now, seconds skew) {
  const seconds lifetime = grant.expires - grant.issued_at;
  if (lifetime <= 0 || lifetime > channel::max_grant_lifetime) {
    return failure(reason::channel_grant_lifetime, "lives " + std::to_string(lifetime) + " s");
  }
  if (grant.issued_at > now + skew) {
    return failure(reason::channel_grant_not_yet_valid,
                   "made " + std::to_string(grant.issued_at - now) + " s ahead of this clock");
  }
  if (now < grant.expires + skew) return {};
  return expired(grant.expires, now);
}

bool is_verified_under(const held_channel& known, const origin_snapshot_ptr& held) {
  return !known.verified_under.owner_before(held) && !held.owner_before(known.verified_under);
}

/// Checks 1 and 8, and all that are about the grant. Those of check 2 have reasons of their own.
bool is_unknown(reason why) {
  constexpr std::array reasons{reason::httpsig_algorithm,      reason::httpsig_invalid,
                               reason::channel_unknown,        reason::channel_grant_invalid,
                               reason::channel_grant_issuer,   reason::channel_grant_audience,
                               reason::channel_grant_lifetime, reason::channel_grant_not_yet_valid,
                               reason::channel_grant_expired};
  return std::find(reasons.begin(), reasons.end(), why) != reasons.end();
}

class channel_checks {
 public:
  channel_checks(const httpsig::received_profile& received, const httpsig::profile_message& message,
                 const std::optional<std::string_view>& grant, const verification& with, signature_trace& trace)
      : received_(received), message_(message), grant_(grant), with_(with), trace_(trace) {}

  result<verified_signature> run() {
    SALLYPORT_TRY(check_policy(received_, *with_.held));
    SALLYPORT_TRY(httpsig::check_parameters(received_));
    SALLYPORT_ASSIGN(trace_.clock_difference, httpsig::check_times(received_, with_.now, with_.skew));
    if (with_.channels.self == nullptr || with_.channels.held == nullptr) return reason::channel_unknown;
    const auto id = read_keyid(*received_.keyid);
    const auto known = id ? with_.channels.held->find(*id) : nullptr;
    SALLYPORT_ASSIGN(const held_channel_ptr used, known != nullptr ? look_again(known) : open());
    SALLYPORT_TRY(httpsig::verify_profile(with_.host, *used->requests, crypto::algorithm::hs256, received_, message_));
    if (known == nullptr) with_.channels.held->keep(used, with_.now);
    trace_.channel = used;
    return verified_signature{*received_.nonce, *received_.expires};
  }

 private:
  /// Check 3.
  result<held_channel_ptr> look_again(const held_channel_ptr& known) {
    if (with_.now >= known->expires + with_.skew) return expired(known->expires, with_.now);
    if (is_verified_under(*known, with_.held)) return known;
    SALLYPORT_ASSIGN(const auto read, channel::read_grant(known->grant, with_.host));
    SALLYPORT_TRY(check_issuer_and_audience(read.content, *with_.held));
    SALLYPORT_TRY(verify(read));
    auto renewed = std::make_shared<held_channel>(*known);
    renewed->verified_under = with_.held;
    with_.channels.held->keep(renewed, with_.now);
    return held_channel_ptr(std::move(renewed));
  }

  /// Checks 4 to 7.
  result<held_channel_ptr> open() {
    if (!grant_) return failure(reason::channel_unknown, "it is not held, and there is no grant");
    if (!is_named_by(*received_.keyid, *grant_, with_.host))
      return invalid_grant("it is not the grant that the keyid names");
    SALLYPORT_ASSIGN(const auto read, channel::read_grant(*grant_, with_.host));
    SALLYPORT_TRY(check_issuer_and_audience(read.content, *with_.held));
    if (read.content.agent != with_.channels.self->thumbprint) {
      return failure(reason::channel_unknown, "the grant is for the key of another agent");
    }
    SALLYPORT_TRY(check_times(read.content, with_.now, with_.skew));
    SALLYPORT_TRY(verify(read));
    return derive(read);
  }

  /// Check 6.
  result<void> verify(const channel::unverified_grant& read) {
    const auto verified = channel::verify_grant(read, *with_.held->edge_keys, with_.host, trace_.unknown_key);
    trace_.response.grant_verified = verified.ok();
    if (!trace_.unknown_key) return verified;
    return invalid_grant("no key " + encoding::shown(read.kid, 64) + "; " + describe_kids(*with_.held));
  }

  /// Check 7.
  result<held_channel_ptr> derive(const channel::unverified_grant& read) {
    const channel::pair& own = with_.channels.self->own;
    const crypto::p256_point& edge = read.content.edge;
    const auto keys = channel::derive(with_.host, own.secret, edge, read.id, edge, own.point);
    if (!keys.ok()) return invalid_grant("cnf: " + std::string(name_of(keys.why())));
    auto made = std::make_shared<held_channel>();
    SALLYPORT_ASSIGN(made->requests, with_.host.import_secret(keys->requests));
    made->id = read.id;
    made->confirmations = keys->confirmations;
    made->grant = *grant_;
    made->kid = read.kid;
    made->expires = read.content.expires;
    made->verified_under = with_.held;
    return held_channel_ptr(std::move(made));
  }

  const httpsig::received_profile& received_;
  const httpsig::profile_message& message_;
  const std::optional<std::string_view>& grant_;
  const verification& with_;
  signature_trace& trace_;
};

/// What tells the edge to sign the same request with its published key.
std::string unknown_to(const verification& with) {
  channel::field says;
  says.unknown = true;
  if (with.channels.self != nullptr && allows_channels(*with.held)) says.key = with.channels.self->own.point;
  return channel::write_field(says);
}

/// What tells the edge that the channel is held, about this very request.
result<std::string> confirmation_of(const held_channel& held, std::string_view nonce, crypto::port& host) {
  channel::field says;
  SALLYPORT_ASSIGN(says.confirm, channel::confirmation(host, held.confirmations, nonce));
  return channel::write_field(says);
}

}  // namespace

bool allows_channels(const origin_snapshot& held) {
  const auto* service = policy::find_service(*held.policy, held.service);
  return service != nullptr && service->channel && service->signature != crypto::algorithm::hs256;
}

std::string offer_to(const verification& with) {
  return with.channels.self != nullptr && allows_channels(*with.held) ? with.channels.self->offer : std::string();
}

result<verified_signature> verify_channel_signature(const httpsig::received_profile& received,
                                                    const httpsig::profile_message& message,
                                                    const std::optional<std::string_view>& grant,
                                                    const verification& with, signature_trace& trace) {
  trace.sig = channel_signature_name;
  auto verified = channel_checks(received, message, grant, with, trace).run();
  trace.response.unknown = is_unknown(verified.why());
  if (trace.response.unknown) trace.response.field = unknown_to(with);
  if (!verified.ok()) return verified;
  trace.response.used = true;
  if (!grant) return verified;
  SALLYPORT_ASSIGN(trace.response.field, confirmation_of(*trace.channel, verified->nonce, with.host));
  return verified;
}

}  // namespace sallyport::gate

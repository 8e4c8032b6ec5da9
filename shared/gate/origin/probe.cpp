#include "gate/origin/probe.hpp"

#include <algorithm>

#include "gate/origin/assertion.hpp"
#include "gate/origin/fields.hpp"
#include "gate/origin/signature.hpp"
#include "gate/protocol/probe.hpp"

namespace sallyport::gate {
namespace {

/// Check 2.
result<void> check_probe_head(const http::request_head& head) {
  if (own_target_of(head.target) != own_target::status) return reason::agent_path_unknown;
  if (head.method != "GET") return failure(reason::agent_method, "the method is " + std::string(head.method));
  const bool empty = head.body == http::body_framing::none ||
                     (head.body == http::body_framing::content_length && head.content_length == 0);
  if (!empty) return failure(reason::framing_body_unexpected, "a probe has no body");
  return {};
}

/// Check 4, last: shorter than a request may have it.
result<void> check_probe_lifetime(const verified_signature& signature, unix_seconds now, const signature_trace& trace) {
  const seconds lifetime = signature.expires - (now - trace.clock_difference.value_or(0));
  if (lifetime <= probe_lifetime) return {};
  return failure(reason::httpsig_lifetime_too_long, "a probe's signature lives " + std::to_string(lifetime) + " s");
}

/// Check 5.
result<assertion> check_probe_assertion(std::string_view text, const probe_means& with, unix_seconds now,
                                        bool& unknown_key) {
  SALLYPORT_ASSIGN(const auto token, verify_assertion_jws(text, *with.held, with.host, unknown_key));
  SALLYPORT_ASSIGN(auto content, read_probe_assertion(as_text(token.payload())));
  SALLYPORT_TRY(check_binding(content, *with.held, probe_lifetime));
  SALLYPORT_TRY(check_assertion_times(content, now, with.skew));
  return content;
}

}  // namespace

own_target own_target_of(std::string_view target) {
  if (target.substr(0, own_prefix.size()) != own_prefix) return own_target::none;
  return target == agent_path ? own_target::status : own_target::unknown;
}

bool status_bucket::take(unix_milliseconds now) {
  const auto passed = std::clamp<std::int64_t>(now - at_.value_or(now), 0, burst * 1000 / a_second);
  at_ = now;
  left_ = std::min(left_ + passed * a_second, burst * 1000);
  if (left_ < 1000) return false;
  left_ -= 1000;
  return true;
}

result<accepted_probe> check_probe(const http::request_head& head, const probe_means& with, unix_milliseconds now,
                                   probe_trace& trace) {
  SALLYPORT_TRY(check_probe_head(head));
  if (with.held->policy == nullptr || with.held->edge_keys == nullptr) return reason::not_ready;
  SALLYPORT_ASSIGN(const auto fields, find_sallyport_fields(head.fields));
  if (fields.content_digest) return failure(reason::httpsig_profile, "a probe has no content to be digested");
  const signed_parts parts{fields.signature_input, fields.signature, fields.message(head.method, {agent_path, {}, {}}),
                           fields.grant};
  signature_trace signature_of;
  const auto signature =
      verify_request_signature(parts, {with.held, to_seconds(now), with.skew, with.host, {}}, signature_of);
  trace.clock_difference = signature_of.clock_difference;
  trace.unknown_key = signature.why() == reason::httpsig_key_unknown;
  if (!signature.ok()) return signature.error();
  SALLYPORT_TRY(check_probe_lifetime(*signature, to_seconds(now), signature_of));
  SALLYPORT_ASSIGN(const auto context, read_context(fields.context));
  trace.id = context.id;
  SALLYPORT_ASSIGN(auto content, check_probe_assertion(fields.assertion, with, to_seconds(now), trace.unknown_key));
  const reason replay =
      with.seen.admit(make_replay_key(signature->nonce), signature->expires + with.skew, to_seconds(now));
  if (replay != reason::ok) return replay;
  if (!with.rate.take(now)) return reason::probe_rate;
  return accepted_probe{trace.id, std::move(content.policy_digest), trace.clock_difference.value_or(0)};
}

std::string_view why_unready(const origin_snapshot& held, std::string_view digest, bool stopping, bool app) {
  if (stopping) return "stopping";
  if (policy_by_digest(held, digest) == nullptr) return "policy";
  return app ? "" : "app";
}

}  // namespace sallyport::gate

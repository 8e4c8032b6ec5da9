#include "gate/origin/origin.hpp"

#include "audit/record.hpp"
#include "encoding/shown.hpp"
#include "gate/origin/assertion.hpp"
#include "gate/origin/fields.hpp"
#include "gate/origin/forward.hpp"
#include "gate/origin/probe.hpp"
#include "gate/origin/signature.hpp"
#include "gate/protocol/signed_headers.hpp"
#include "policy/match.hpp"

namespace sallyport::gate {
namespace {

bool has_body(const http::request_head& head) {
  return head.body == http::body_framing::chunked ||
         (head.body == http::body_framing::content_length && head.content_length > 0);
}

/// Whether what the assertion says of the body fits the request: a body that nothing covers must be announced.
bool body_agrees(const opened& request) {
  const bool streams = request.assertion->content.body == body_coverage::stream;
  if (!request.digest_text.empty()) return !streams;
  return streams || !has_body(request.head);
}

failure unknown_policy(const origin_snapshot& held, std::string_view digest) {
  std::string detail = "the edge's policy is " + encoding::shown(digest, 64) + "; held: " + held.policy->digest;
  if (held.previous != nullptr) detail += ", and before it " + held.previous->digest;
  return {reason::policy_digest_unknown, std::move(detail)};
}

failure too_large(std::uint64_t bytes, const origin_limits& limits) {
  return {reason::body_too_large,
          std::to_string(bytes) + " bytes, at most " + std::to_string(limits.max_signed_body_bytes)};
}

/// What some route of a policy that requests may have been decided by allows in a path.
http::path_forms allowed_forms(const origin_snapshot& held) {
  auto allowed = policy::allowed_forms(*held.policy);
  if (held.previous != nullptr) allowed |= policy::allowed_forms(*held.previous);
  return allowed;
}

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

void record_request(const http::request_head& head, audit::record& entry) {
  entry.method = head.method;
  entry.host = head.host;
  entry.path = path_of(head.target);
}

void record_opened(const opened& request, audit::record& entry) {
  entry.id = request.context.id;
  if (!request.context.host.empty()) entry.host = request.context.host;
  entry.ip = request.context.ip;
  entry.country = request.context.country;
  entry.keyid = request.keyid;
  entry.sig = request.sig;
  if (request.by != nullptr) entry.grant_kid = request.by->kid;
  entry.clock_difference = request.clock_difference;
  if (request.assertion == nullptr) return;
  const assertion& content = request.assertion->content;
  entry.issuer = content.who.issuer;
  entry.subject = content.who.subject;
  entry.kind = policy::name_of(content.who.kind);
  entry.route = content.route;
  entry.policy = content.policy_digest;
  entry.assertion = content.id;
}

}  // namespace

struct origin::state {
  state(origin_snapshot_ptr snapshot, crypto::port& crypto, const origin_limits& bounds, const origin_channels& with)
      : held(std::move(snapshot)), host(crypto), limits(bounds), channels(with), assertions(bounds, crypto) {}

  result<void> open(opened& request, signature_trace& trace, unix_milliseconds now);
  result<void> check_digest_field(opened& request) const;
  result<void> check_covered_fields(const policy::service& service, std::span<const http::field> fields,
                                    const request_context& context) const;
  result<admitted> admit(const opened& request, replay_guard& seen, policy::decision& verdict, unix_milliseconds now);
  audit::record record(reason why, unix_milliseconds now) const;

  origin_snapshot_ptr held;
  crypto::port& host;
  origin_limits limits;
  origin_channels channels;
  assertion_verifier assertions;
};

const policy::compiled_policy* policy_by_digest(const origin_snapshot& held, std::string_view digest) {
  if (held.policy->digest == digest) return held.policy.get();
  return held.previous != nullptr && held.previous->digest == digest ? held.previous.get() : nullptr;
}

result<void> check_snapshot(const origin_snapshot& what, const origin_limits& limits) {
  if (limits.skew < 0 || limits.skew > most_skew) return failure(reason::config_invalid, "skew is 0 to 60 seconds");
  if (what.policy == nullptr) return failure(reason::not_ready, "no policy");
  const auto* service = policy::find_service(*what.policy, what.service);
  if (service == nullptr) return failure(reason::config_invalid, "the policy has no service " + what.service);
  if (service->signature == crypto::algorithm::hs256 && what.secrets.empty()) {
    return failure(reason::signing_key_missing, "service " + what.service + " is signed with a shared secret");
  }
  if (what.edge_keys == nullptr) return failure(reason::not_ready, "no edge keys");
  return {};
}

origin::origin(origin_snapshot_ptr snapshot, crypto::port& host, const origin_limits& limits,
               const origin_channels& channels)
    : state_(std::make_unique<state>(std::move(snapshot), host, limits, channels)) {}
origin::~origin() = default;

void origin::adopt(origin_snapshot_ptr snapshot) {
  state_->held = std::move(snapshot);
  state_->assertions.forget();
}

const origin_snapshot& origin::snapshot() const {
  return *state_->held;
}

std::variant<refused, opened> origin::open(http::request_head head, unix_milliseconds now, std::string_view own_id) {
  opened request;
  request.head = std::move(head);
  request.snapshot = state_->held;
  signature_trace trace;
  const auto checked = state_->open(request, trace, now);
  request.keyid = trace.keyid;
  request.sig = trace.sig;
  request.by = std::move(trace.channel);
  request.channel = std::move(trace.response);
  request.clock_difference = trace.clock_difference;
  if (checked.ok()) return std::variant<refused, opened>(std::in_place_type<opened>, std::move(request));
  refused no = refuse(checked.error(), &request.head, &request, now, own_id);
  no.unknown_key = trace.unknown_key || checked.why() == reason::httpsig_key_unknown;
  return no;
}

std::variant<refused, accepted_probe> origin::probe(const http::request_head& head, replay_guard& seen,
                                                    status_rate& rate, unix_milliseconds now, std::string_view own_id) {
  const probe_means with{state_->held, state_->limits.skew, state_->host, seen, rate};
  probe_trace trace;
  auto checked = check_probe(head, with, now, trace);
  if (checked.ok()) return std::move(*checked);
  refused no = refuse(checked.error(), &head, nullptr, now, trace.id.empty() ? own_id : trace.id);
  no.clock_difference = trace.clock_difference;
  no.unknown_key = trace.unknown_key;
  return no;
}

result<void> origin::state::open(opened& request, signature_trace& trace, unix_milliseconds now) {
  const origin_snapshot& with = *request.snapshot;
  if (with.policy == nullptr || with.edge_keys == nullptr) {
    return failure(reason::not_ready, with.policy == nullptr ? "no policy" : "no edge keys");
  }
  const http::request_head& head = request.head;
  SALLYPORT_ASSIGN(request.target, http::require_canonical(head.target, allowed_forms(with)));
  if (own_target_of(head.target) != own_target::none) return reason::agent_path_unknown;
  SALLYPORT_ASSIGN(const auto fields, find_sallyport_fields(head.fields));
  const signed_parts parts{fields.signature_input, fields.signature, fields.message(head.method, request.target),
                           fields.grant};
  SALLYPORT_ASSIGN(
      const auto signature,
      verify_request_signature(parts, {request.snapshot, to_seconds(now), limits.skew, host, channels}, trace));
  request.nonce = make_replay_key(signature.nonce);
  request.expires = signature.expires + limits.skew;
  SALLYPORT_ASSIGN(request.context, read_context(fields.context));
  request.assertion_text = fields.assertion;
  SALLYPORT_ASSIGN(request.assertion, assertions.verify(fields.assertion, with, to_seconds(now), trace.unknown_key));
  if (fields.content_digest == "") return failure(reason::digest_malformed, "empty");
  request.digest_text = fields.content_digest.value_or("");
  return check_digest_field(request);
}

result<void> origin::state::check_digest_field(opened& request) const {
  if (!body_agrees(request)) {
    const bool streams = request.assertion->content.body == body_coverage::stream;
    return failure(reason::assertion_body_mode,
                   streams ? "streamed by the assertion, with a digest" : "signed by the assertion, without a digest");
  }
  if (request.digest_text.empty()) return {};
  SALLYPORT_ASSIGN(request.digest, http::parse_content_digest(request.digest_text));
  if (request.head.content_length <= limits.max_signed_body_bytes) return {};
  return too_large(request.head.content_length, limits);
}

std::optional<refused> origin::check_body(opened& request, bytes_view body, unix_milliseconds now) {
  if (!request.digest) return std::nullopt;
  if (body.size() > state_->limits.max_signed_body_bytes) {
    return refuse(too_large(body.size(), state_->limits), &request.head, &request, now);
  }
  http::digest_verifier verifier(state_->host, *request.digest);
  verifier.update(body);
  const auto checked = verifier.finish();
  if (!checked.ok()) return refuse(checked.error(), &request.head, &request, now);
  request.body_checked = true;
  return std::nullopt;
}

std::variant<refused, admitted> origin::admit(opened request, replay_guard& seen, unix_milliseconds now) {
  policy::decision verdict;
  auto made = state_->admit(request, seen, verdict, now);
  audit::record entry = state_->record(made.why(), now);
  record_request(request.head, entry);
  record_opened(request, entry);
  entry.shadow = verdict.shadow;
  if (made.ok()) {
    made->audit = audit::line(entry);
    return std::move(*made);
  }
  entry.detail = made.error().detail;
  return refused{made.why(),         made.error().detail,      std::string(request.context.id),
                 audit::line(entry), request.clock_difference, false,
                 request.channel};
}

result<void> origin::state::check_covered_fields(const policy::service& service, std::span<const http::field> fields,
                                                 const request_context& context) const {
  if (signed_header_digest(service, fields, host) != context.headers) {
    return failure(reason::signed_headers_differ, encoding::shown_some(service.signed_headers));
  }
  if (authority_digest(service, fields, host) == context.authority) return {};
  return failure(reason::signed_headers_differ, "Authorization, Content-Encoding, Cookie, Origin or Range");
}

result<admitted> origin::state::admit(const opened& request, replay_guard& seen, policy::decision& verdict,
                                      unix_milliseconds now) {
  if (request.digest && !request.body_checked) return failure(reason::internal, "the body was not checked");
  const origin_snapshot& with = *request.snapshot;
  const assertion& content = request.assertion->content;
  const auto* policy = policy_by_digest(with, content.policy_digest);
  if (policy == nullptr) return unknown_policy(with, content.policy_digest);
  const auto* service = policy::find_service(*policy, with.service);
  const auto match = policy::match_route(*policy, request.head.method, request.context.host, request.target.path);
  if (match.why != reason::ok) return failure(match.why, policy::describe(match));
  if (service == nullptr || !match || match.route->service != service || match.route->id != content.route) {
    return failure(reason::policy_route_differs,
                   "the edge took " + encoding::shown(content.route) +
                       (match ? ", here it is " + match.route->id : ", here there is none"));
  }
  const auto fields = passing_fields(request.head.fields, *service);
  SALLYPORT_TRY(check_covered_fields(*service, fields, request.context));
  const auto facts = facts_of(request, fields);
  verdict = policy::decide(*policy, match, content.who, facts);
  if (!verdict.allowed()) return failure(verdict.why, verdict.detail);
  const reason replay = seen.admit(request.nonce, request.expires, to_seconds(now));
  if (replay != reason::ok) return replay;
  return make_admitted(request, match, facts, fields);
}

audit::record origin::state::record(reason why, unix_milliseconds now) const {
  audit::record entry;
  entry.end = audit::end::origin;
  entry.time = now;
  entry.why = why;
  entry.service = held->service;
  if (held->policy != nullptr) entry.policy = held->policy->digest;
  return entry;
}

refused origin::refuse(failure why, const http::request_head* head, const opened* request, unix_milliseconds now,
                       std::string_view own_id) const {
  audit::record entry = state_->record(why.why, now);
  entry.detail = why.detail;
  if (head != nullptr) record_request(*head, entry);
  refused no;
  if (request != nullptr) {
    record_opened(*request, entry);
    no.clock_difference = request->clock_difference;
    no.channel = request->channel;
  }
  if (entry.id.empty()) entry.id = own_id;
  no.request_id = entry.id;
  no.audit = audit::line(entry);
  no.why = why.why;
  no.detail = std::move(why.detail);
  return no;
}

}  // namespace sallyport::gate

// `edge`: a whole recorded exchange in, the decision out, so that any decision can be replayed. ops_origin.cpp has the other
// end.
//
// in
// * policy: the document, as a JSON object or as text.
// * keys: {"edge": private JWK set, "secrets": {service: JWK set}, "issuers": {issuer name: public JWK set}}. The parts
//   may also stand beside it as edge_keys, secrets, issuer_keys. An issuer without keys gives need_keys.
// * request: method (GET), scheme (https), host, target or target_b64, fields (or headers: a list of [name, value], or
//   an object), body or body_b64 (all of it was read); or body_state: "none" (default), "unread", "too_large".
// * context: ip, country, asn; they may also stand in request.
// * now: milliseconds since 1970 (numbers below 1e11: seconds).
// * entropy_b64 (or entropy): 48 bytes; default: zeros.
// * build: text for the status endpoint. raw: see below.
// out: outcome and, with
// * "forward": service, origin_url, target, fields, body ("none", "bytes", "stream"), content_length, request_id, audit
//   (the record as JSON), refresh, cache (the plan, where the route has one) and refusal_fields (of a route with cors),
//   origin_reason: what an origin with the edge's keys and policy says to this very
//   message; a body that streams counts as empty.
// * "need_keys": source, step, url, joined. "need_body": max_bytes.
// * "answer": status, fields, body.
// A refusal is the operation's reason, and out has outcome "refuse", status, code, request_id, audit, and
// fields, where there are any (cors).
// ECDSA signatures are random, and the probe's answers are not: "(ecdsa)" stands where one would, unless raw is true.
#include "gate/edge/job_order.hpp"
#include "gate/edge/service_order.hpp"
#include "gate/protocol/problem.hpp"
#include "tests/probe/argument_rules.hpp"
#include "tests/probe/gate_arguments.hpp"
#include "tests/probe/ops.hpp"
#include "tests/support/signed_forward.hpp"

namespace sallyport::probe {
namespace {

/// `keys.<part>` or the member `otherwise` of the exchange, as an object.
const json& named_keys(const json& in, std::string_view part, std::string_view otherwise) {
  const json& within = member_or_empty(member_or_empty(in, "keys"), part);
  return within.empty() ? member_or_empty(in, otherwise) : within;
}

/// Everything that an edge request views.
struct recorded_request {
  std::string method, scheme, host, target, ip, country, body;
  std::uint32_t asn = 0;
  field_list fields;
  std::vector<http::field> views;
  gate::edge_body::state body_state = gate::edge_body::state::none;

  explicit recorded_request(const json& in) {
    const json& request = member_or_empty(in, "request");
    const json& context = member_or_empty(in, "context");
    method = text_argument(request, "method", "GET");
    scheme = text_argument(request, "scheme", "https");
    host = text_argument(request, "host");
    target = bytes_argument(request, "target");
    ip = text_argument(context, "ip", text_argument(request, "ip"));
    country = text_argument(context, "country", text_argument(request, "country"));
    asn = static_cast<std::uint32_t>(integer_argument(context, "asn", integer_argument(request, "asn", 0)));
    fields = fields_argument(request);
    views = views_of(fields);
    body = bytes_argument(request, "body");
    body_state = state_of(text_argument(request, "body_state", body.empty() ? "none" : "read"));
  }

  static gate::edge_body::state state_of(std::string_view name) {
    if (name == "unread") return gate::edge_body::state::unread;
    if (name == "read") return gate::edge_body::state::read;
    if (name == "too_large") return gate::edge_body::state::too_large;
    return gate::edge_body::state::none;
  }

  gate::edge_request view() const {
    gate::edge_request request{method, scheme, host, target, views, ip, country, asn, {}};
    request.body.is = body_state;
    if (body_state == gate::edge_body::state::read) request.body.content = as_bytes(body);
    return request;
  }
};

result<gate::edge_config> edge_config_argument(const json& in, crypto::port& host) {
  gate::edge_config config;
  SALLYPORT_ASSIGN(config.policy, policy_argument(in, "policy", host));
  SALLYPORT_ASSIGN(config.signing_keys, jose::parse_signing_keys(keys_argument(in, "edge"), host));
  for (const auto& [service, set] : named_keys(in, "secrets", "secrets").items()) {
    SALLYPORT_ASSIGN(auto secrets, jose::parse_secret_keys(encoding::canonical_json(set), host));
    config.secrets.push_back({service, std::move(secrets)});
  }
  config.build = text_argument(in, "build");
  return config;
}

/// Gives the recorded keys of all issuers to the edge; those that it refuses it goes without.
void supply_issuer_keys(const json& in, gate::edge& to, unix_milliseconds now) {
  for (const auto& [name, set] : named_keys(in, "issuers", "issuer_keys").items()) {
    const std::string text = set.is_string() ? set.get_ref<const std::string&>() : encoding::canonical_json(set);
    gate::key_request request;
    request.source = name;
    (void)to.supply_keys(request, {200, text, "", "", 0}, now).ok();
  }
}

json key_request_out(const gate::key_request& request) {
  return json{{"source", request.source},
              {"step", std::string(name_of(request.step))},
              {"url", request.url},
              {"joined", request.joined}};
}

std::string_view name_of(gate::forward::body_plan plan) {
  switch (plan) {
    case gate::forward::body_plan::none: return "none";
    case gate::forward::body_plan::bytes: return "bytes";
    case gate::forward::body_plan::stream: return "stream";
  }
  return "";
}

/// The message that the origin would get.
std::string message_of(const gate::forward& out, const recorded_request& request) {
  std::string text = request.method + " " + std::string(out.target) + " HTTP/1.1\r\nHost: origin.invalid\r\n";
  for (const auto& each : out.fields) text.append(each.name).append(": ").append(each.value).append("\r\n");
  if (out.content_length) text += "Content-Length: " + std::to_string(*out.content_length) + "\r\n";
  if (!out.content_length && out.body != gate::forward::body_plan::none) text += "Transfer-Encoding: chunked\r\n";
  return text + "\r\n" + (out.body == gate::forward::body_plan::bytes ? request.body : "");
}

/// What an origin of the same making says to it.
std::string origin_says(const json& in, const gate::edge_config& config, const gate::forward& out,
                        const recorded_request& request, unix_milliseconds now, crypto::port& host) {
  auto snapshot = std::make_shared<gate::origin_snapshot>();
  snapshot->policy = config.policy;
  snapshot->service = out.service;
  auto edge_keys = public_keys(keys_argument(in, "edge"), host);
  if (!edge_keys.ok()) return std::string(name_of(edge_keys.why()));
  snapshot->edge_keys = *edge_keys;
  for (const auto& each : config.secrets) {
    if (each.service == out.service) snapshot->secrets = each.keys;
  }
  gate::origin_limits limits;
  limits.max_signed_body_bytes = std::size_t{64} << 20;
  gate::replay_set seen;
  return std::string(name_of(run_message({snapshot, limits, now, {}}, message_of(out, request), seen, host).why));
}

void hide_signature(json& field, std::string_view name, std::size_t from) {
  if (field[0] != name) return;
  auto& value = field[1].get_ref<std::string&>();
  value = value.substr(0, from) + "(ecdsa)";
}

/// Takes out what differs from run to run.
void hide_random_parts(json& fields, const gate::edge_config& config, const gate::forward& out) {
  const auto* service = policy::find_service(*config.policy, out.service);
  for (auto& each : fields) {
    const std::string value = each[1].get<std::string>();
    const auto random = [](crypto::algorithm how) { return crypto::describe(how).family == crypto::family::ecdsa; };
    if (random(config.signing_keys.front().algorithm)) {
      hide_signature(each, "Sallyport-Assertion", value.rfind('.') + 1);
    }
    // It covers the assertion, so that it differs whenever that one does.
    if (random(config.signing_keys.front().algorithm) || random(service->signature)) {
      hide_signature(each, "Signature", value.find(':') + 1);
    }
  }
}

struct edge_reporter {
  const json& in;
  const gate::edge_config& config;
  const recorded_request& request;
  unix_milliseconds now;
  crypto::port& host;
  const gate::edge_outcome& outcome;

  answer operator()(const gate::refuse& no) const {
    const auto& row = describe(no.why);
    json out = {{"outcome", "refuse"},
                {"status", row.http_status},
                {"code", std::string(row.public_code)},
                {"request_id", no.request_id},
                {"audit", audit_out(outcome.audit)}};
    if (!no.fields.empty()) out["fields"] = fields_out(no.fields);
    return {no.why, std::move(out)};
  }
  answer operator()(const gate::forward& out) const {
    json fields = fields_out(out.fields);
    const auto* raw = encoding::find_member(in, "raw");
    if (raw == nullptr || *raw != json(true)) hide_random_parts(fields, config, out);
    json refresh = json::array();
    for (const auto& each : outcome.refresh) refresh.push_back(key_request_out(each));
    json told = {{"outcome", "forward"},
                 {"service", std::string(out.service)},
                 {"origin_url", std::string(out.origin)},
                 {"target", std::string(out.target)},
                 {"fields", fields},
                 {"body", std::string(name_of(out.body))},
                 {"content_length", out.content_length ? json(*out.content_length) : json(nullptr)},
                 {"request_id", std::string(out.request_id)},
                 {"audit", audit_out(outcome.audit)},
                 {"refresh", refresh},
                 {"origin_reason", origin_says(in, config, out, request, now, host)}};
    if (out.cache) told["cache"] = gate::to_json(*out.cache);
    if (!out.refusal_fields.empty()) told["refusal_fields"] = fields_out(out.refusal_fields);
    return {reason::ok, std::move(told)};
  }
  answer operator()(const gate::need& lacking) const {
    return std::visit([&](const auto& wanted) { return (*this)(wanted); }, lacking.what);
  }
  answer operator()(const gate::need::keys& wanted) const {
    json out = key_request_out(wanted.request);
    out["outcome"] = "need_keys";
    return {reason::ok, std::move(out)};
  }
  answer operator()(const gate::need::body& wanted) const {
    return {reason::ok, json{{"outcome", "need_body"}, {"max_bytes", wanted.max_bytes}}};
  }
  answer operator()(const gate::job_order& order) const {
    json out = gate::to_json(order, {});
    out["outcome"] = "job";
    out["audit"] = audit_out(outcome.audit);
    return {reason::ok, std::move(out)};
  }
  answer operator()(const gate::service_order& order) const {
    json out = gate::to_json(order, {});
    out["outcome"] = "service";
    out["audit"] = audit_out(outcome.audit);
    return {reason::ok, std::move(out)};
  }
  answer operator()(const gate::answer& own) const {
    return {
        reason::ok,
        json{{"outcome", "answer"}, {"status", own.status}, {"fields", fields_out(own.fields)}, {"body", own.body}}};
  }
};

std::string entropy_argument(const json& in) {
  auto entropy = base64_argument(in, "entropy_b64");
  if (!entropy) entropy = base64_argument(in, "entropy");
  return entropy ? *entropy : std::string(gate::edge_entropy_bytes, '\0');
}

/// What is known of who asks, which may stand in the request as well.
std::optional<bad_arguments> mistake_in_context(const json& context) {
  return find_mistake(context, {{"ip", shapes::text}, {"country", shapes::text}, {"asn", shapes::number}});
}

std::optional<bad_arguments> mistake_in_edge(const json& in) {
  const auto wrong = find_mistake(in, {{"policy", shapes::any, true},
                                       {"request", shapes::object},
                                       {"context", shapes::object},
                                       {"now", shapes::number},
                                       {"entropy_b64", shapes::base64},
                                       {"entropy", shapes::base64}});
  if (wrong) return wrong;
  if (auto in_context = mistake_in_context(member_or_empty(in, "context"))) return in_context;
  if (auto in_request = mistake_in_context(member_or_empty(in, "request"))) return in_request;
  return find_mistake(member_or_empty(in, "request"), {{"method", shapes::text},
                                                       {"body_state", shapes::text},
                                                       {"fields", shapes::object_or_list},
                                                       {"scheme", shapes::text},
                                                       {"host", shapes::text},
                                                       {"target_b64", shapes::base64},
                                                       {"target", shapes::text},
                                                       {"body_b64", shapes::base64},
                                                       {"body", shapes::text}});
}

}  // namespace

outcome run_edge(const json& in, crypto::port& host) {
  if (member_or_empty(in, "request").empty()) return bad_arguments{"request is missing or not an object"};
  if (const auto wrong = mistake_in_edge(in)) return *wrong;
  auto config = edge_config_argument(in, host);
  if (!config.ok()) return answer{config.why(), json::object()};
  auto edge = gate::edge::make(*config, host);
  if (!edge.ok()) return answer{edge.why(), json::object()};
  const unix_milliseconds now = time_argument(in, "now", 0);
  supply_issuer_keys(in, **edge, now);
  const recorded_request request(in);
  const std::string entropy = entropy_argument(in);
  auto decided = (*edge)->handle(request.view(), now, as_bytes(entropy));
  testing::sign_forward(**edge, decided, now, as_bytes(entropy));
  return std::visit(edge_reporter{in, *config, request, now, host, decided}, decided.what);
}

}  // namespace sallyport::probe

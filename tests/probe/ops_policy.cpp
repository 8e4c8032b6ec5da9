// The policy operations.
//
// `policy`: in {policy}; out {digest}, or, with the reason of the first one, {problems}: each as the command line
// prints it. `route`: in {policy, method, host, target_b64 | target}; out {route, params}. Without a route:
// route_not_found. `decide`: in {policy, identity, request {method, host, target | target_b64, ip, country, asn, time,
// id, headers}}; out {decision: "allow" | "deny", route, reason, shadow, shadow_reason}: the operation's own reason is
// ok whenever a decision was made, and `reason` in out is the decision's ("ok" when allowed). `route` is absent when
// none matched, the shadow members unless the shadow would have decided otherwise.
//
// How arguments are read
// * policy: a JSON object, or the text of a document. A document without `edge` gets one, as neither operation looks at
//   it. One that does not load: the reason of its first problem.
// * target: canonicalized first; one that cannot be: its reason, as in `path`.
// * identity: absent, null or {} is the anonymous caller; with any member but without a kind it is a user. An e-mail
//   goes through the rule of identities (one @, else a denial with identity_email_invalid).
// * null is absent. What has another shape than these is an error, never taken for absent.
// * times: RFC 3339 text, or a number of seconds since 1970 (from 1e11 on: milliseconds).
// * headers: an object of texts or lists of texts, or a list of [name, value].
#include <cmath>

#include "cel/time_text.hpp"
#include "http/path.hpp"
#include "policy/evaluate.hpp"
#include "policy/load/load.hpp"
#include "policy/match.hpp"
#include "tests/probe/argument_rules.hpp"
#include "tests/probe/arguments.hpp"
#include "tests/probe/ops.hpp"

namespace sallyport::probe {
namespace {

json with_edge(json document) {
  if (document.is_object() && !document.contains("edge")) document["edge"] = {{"issuer", "https://edge.invalid"}};
  return document;
}

policy::load_result load_argument(const json& in, crypto::port& host) {
  const auto* document = encoding::find_member(in, "policy");
  if (document == nullptr) return policy::load_policy("", host);
  if (!document->is_string()) return policy::load_policy(encoding::canonical_json(with_edge(*document)), host);
  const auto& text = document->get_ref<const std::string&>();
  const auto parsed = encoding::parse_jsonc(text);
  if (!parsed.ok() || parsed->value.contains("edge")) return policy::load_policy(text, host);
  return policy::load_policy(encoding::canonical_json(with_edge(parsed->value)), host);
}

std::string text_argument(const json& in, std::string_view name, std::string_view otherwise = "") {
  return std::string(encoding::string_member(in, name).value_or(otherwise));
}

result<http::canonical_target> target_argument(const json& in, const policy::compiled_policy& policy) {
  const auto raw = base64_argument(in, "target_b64");
  const auto allowed = policy::allowed_forms(policy);
  return http::canonicalize_target(raw ? *raw : text_argument(in, "target", "/"), allowed);
}

/// Milliseconds since 1970, or nothing when absent or unreadable.
std::optional<unix_milliseconds> time_argument(const json& in, std::string_view name) {
  constexpr double first_milliseconds = 1e11;
  constexpr double largest_exact_integer = 9007199254740991.0;
  const auto* member = encoding::find_member(in, name);
  if (member == nullptr) return std::nullopt;
  if (member->is_number()) {
    const auto number = member->get<double>();
    const auto milliseconds = std::fabs(number) < first_milliseconds ? number * 1000 : number;
    if (std::fabs(milliseconds) > largest_exact_integer) return std::nullopt;
    return static_cast<unix_milliseconds>(milliseconds);
  }
  if (!member->is_string()) return std::nullopt;
  const auto when = cel::parse_timestamp(member->get_ref<const std::string&>());
  return when ? std::optional(when->seconds * 1000 + when->nanoseconds / 1'000'000) : std::nullopt;
}

std::vector<std::string> texts_argument(const json& in, std::string_view name) {
  std::vector<std::string> all;
  const auto* list = encoding::find_member(in, name);
  if (list == nullptr) return all;
  if (list->is_string()) return {list->get<std::string>()};
  if (!list->is_array()) return all;
  for (const auto& each : *list) {
    if (each.is_string()) all.push_back(each.get<std::string>());
  }
  return all;
}

policy::identity_kind kind_argument(const json& in) {
  if (const auto kind = policy::kind_from_name(text_argument(in, "kind"))) return *kind;
  return in.empty() ? policy::identity_kind::anonymous : policy::identity_kind::user;
}

/// Reasons: identity_email_invalid.
result<policy::identity> identity_argument(const json& in) {
  policy::identity who;
  const auto* given = encoding::find_member(in, "identity");
  if (given == nullptr || !given->is_object()) return who;
  who.issuer = text_argument(*given, "issuer");
  who.subject = text_argument(*given, "subject");
  who.kind = kind_argument(*given);
  who.groups = texts_argument(*given, "groups");
  if (const auto* claims = encoding::find_member(*given, "claims"); claims != nullptr && claims->is_object()) {
    who.claims = *claims;
  }
  if (const auto* verified = encoding::find_member(*given, "email_verified");
      verified != nullptr && verified->is_boolean()) {
    who.email_verified = verified->get<bool>();
  }
  if (const auto expires = time_argument(*given, "expires")) who.expires = to_seconds(*expires);
  const auto email = encoding::string_member(*given, "email");
  if (!email) return who;
  who.email = std::string();
  if (email->empty()) return who;
  SALLYPORT_ASSIGN(who.email, policy::normal_email(std::string(*email)));
  return who;
}

/// Owns what request_facts view.
struct owned_request {
  std::string method, host, ip, country, id;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<http::field> fields;
};

void add_header(const json& name_and_value, owned_request& to) {
  if (!name_and_value.is_array() || name_and_value.size() != 2) return;
  if (!name_and_value[0].is_string() || !name_and_value[1].is_string()) return;
  to.headers.emplace_back(name_and_value[0].get<std::string>(), name_and_value[1].get<std::string>());
}

void read_headers(const json& headers, owned_request& to) {
  if (headers.is_array()) {
    for (const auto& each : headers) add_header(each, to);
  }
  if (headers.is_object()) {
    for (const auto& [name, value] : headers.items()) {
      for (const auto& each : texts_argument(headers, name)) to.headers.emplace_back(name, each);
    }
  }
  for (const auto& [name, value] : to.headers) to.fields.push_back({name, value});
}

policy::request_facts facts_of(const json& request, const http::canonical_target& target, owned_request& storage) {
  storage.method = text_argument(request, "method", "GET");
  storage.host = text_argument(request, "host");
  storage.ip = text_argument(request, "ip");
  storage.country = text_argument(request, "country");
  storage.id = text_argument(request, "id");
  if (const auto* headers = encoding::find_member(request, "headers")) read_headers(*headers, storage);
  policy::request_facts facts;
  facts.method = storage.method;
  facts.host = storage.host;
  facts.path = target.path();
  facts.query = target.query();
  facts.headers = storage.fields;
  facts.ip = storage.ip;
  facts.country = storage.country;
  facts.asn = static_cast<std::uint32_t>(integer_argument(request, "asn", 0));
  facts.time = time_argument(request, "time").value_or(0);
  facts.id = storage.id;
  return facts;
}

/// What both operations take of a request.
std::optional<bad_arguments> mistake_in_target(const json& request) {
  return find_mistake(
      request,
      {{"method", shapes::text}, {"host", shapes::text}, {"target_b64", shapes::base64}, {"target", shapes::text}});
}

std::optional<bad_arguments> mistake_in_identity(const json& in) {
  const auto* given = encoding::find_member(in, "identity");
  if (given == nullptr || given->is_null()) return std::nullopt;
  return find_mistake(*given, {{"issuer", shapes::text},
                               {"subject", shapes::text},
                               {"kind", shapes::kind},
                               {"email", shapes::text},
                               {"email_verified", shapes::boolean},
                               {"groups", shapes::text_or_texts},
                               {"claims", shapes::object},
                               {"expires", shapes::time}});
}

std::optional<bad_arguments> mistake_in_decision(const json& in, const json& request) {
  const auto wrong = find_mistake(in, {{"policy", shapes::any, true}, {"identity", shapes::object}});
  if (wrong) return wrong;
  if (const auto in_target = mistake_in_target(request)) return in_target;
  if (const auto in_identity = mistake_in_identity(in)) return in_identity;
  return find_mistake(request, {{"ip", shapes::text},
                                {"country", shapes::text},
                                {"asn", shapes::number},
                                {"time", shapes::time},
                                {"id", shapes::text},
                                {"headers", shapes::object_or_list}});
}

std::string_view decision_name(reason why) {
  return why == reason::ok ? "allow" : "deny";
}

json described(const policy::decision& made) {
  json out{{"decision", decision_name(made.why)}, {"reason", name_of(made.why)}};
  if (made.route != nullptr) out["route"] = made.route->id;
  if (!made.shadow) return out;
  out["shadow"] = decision_name(*made.shadow);
  out["shadow_reason"] = name_of(*made.shadow);
  return out;
}

}  // namespace

outcome run_policy(const json& in, crypto::port& host) {
  if (const auto wrong = find_mistake(in, {{"policy", shapes::any, true}})) return *wrong;
  const auto loaded = load_argument(in, host);
  if (loaded.policy != nullptr) return answer{reason::ok, json{{"digest", loaded.policy->digest}}};
  json problems = json::array();
  for (const auto& each : loaded.problems) problems.push_back(policy::describe(each));
  return answer{loaded.problems.front().why, json{{"problems", std::move(problems)}}};
}

outcome run_route(const json& in, crypto::port& host) {
  if (const auto wrong = find_mistake(in, {{"policy", shapes::any, true}})) return *wrong;
  if (const auto wrong = mistake_in_target(in)) return *wrong;
  const auto loaded = load_argument(in, host);
  if (loaded.policy == nullptr) return answer{loaded.problems.front().why, {}};
  const auto target = target_argument(in, *loaded.policy);
  if (!target.ok()) return answer{target.why(), {}};
  const auto method = text_argument(in, "method", "GET");
  const auto match = policy::match_route(*loaded.policy, method, text_argument(in, "host"), target->path());
  if (match.why != reason::ok) return answer{match.why, {}};
  if (!match) return answer{reason::route_not_found, {}};
  json params = json::object();
  for (std::size_t i = 0; i < match.parameter_count; ++i) params[std::string(match.names[i])] = match.values[i];
  return answer{reason::ok, json{{"route", match.route->id}, {"params", std::move(params)}}};
}

outcome run_decide(const json& in, crypto::port& host) {
  const auto* request = encoding::find_member(in, "request");
  if (request == nullptr || !request->is_object()) return bad_arguments{"request is missing or not an object"};
  if (const auto wrong = mistake_in_decision(in, *request)) return *wrong;
  const auto loaded = load_argument(in, host);
  if (loaded.policy == nullptr) return answer{loaded.problems.front().why, {}};
  const auto target = target_argument(*request, *loaded.policy);
  if (!target.ok()) return answer{target.why(), {}};
  owned_request storage;
  const auto facts = facts_of(*request, *target, storage);
  const auto match = policy::match_route(*loaded.policy, facts.method, facts.host, facts.path);
  if (match.why != reason::ok) return answer{match.why, {}};
  const auto who = identity_argument(in);
  if (!who.ok()) return answer{reason::ok, json{{"decision", "deny"}, {"reason", name_of(who.why())}}};
  return answer{reason::ok, described(policy::decide(*loaded.policy, match, *who, facts))};
}

}  // namespace sallyport::probe

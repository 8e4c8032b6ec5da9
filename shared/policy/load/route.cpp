#include <algorithm>
#include <map>

#include "core/ascii.hpp"
#include "document/suggest.hpp"
#include "document/units.hpp"
#include "http/characters.hpp"
#include "http/field.hpp"
#include "http/method.hpp"
#include "policy/load/loading.hpp"
#include "policy/load/names.hpp"
#include "policy/matcher.hpp"
#include "policy/pattern.hpp"

namespace sallyport::policy {
namespace {

/// A route while it is loaded, with its conditions as they stand in the document.
struct loading_route {
  node at;
  route loaded;
  std::vector<placed_condition> conditions;
};

std::optional<std::string> load_method(const node& at, const std::string& name) {
  constexpr std::string_view usual[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
  if (name.find_first_of(", |") != std::string::npos) {
    at.refuse(reason::policy_member_type, "\"" + name + "\" is more than one method",
              "write each in quotes of its own: [\"GET\", \"HEAD\"]");
    return std::nullopt;
  }
  if (!http::is_token(name) || name == "*") {
    at.refuse(reason::policy_member_type, "\"" + name + "\" is not a method",
              "a route that takes any method has no \"methods\"");
    return std::nullopt;
  }
  if (http::is_refused_method(name)) {
    at.refuse(reason::policy_member_type, name + " never gets past the framing rules", "drop it");
    return std::nullopt;
  }
  const auto near = document::closest(name, usual);
  const bool other_case = name != near && ascii::to_lower(name) == ascii::to_lower(near);
  if (!other_case) return name;
  at.refuse(reason::policy_member_type, "methods are case-sensitive", "write " + std::string(near));
  return std::nullopt;
}

std::vector<std::string> load_methods(const node& at) {
  std::vector<std::string> all;
  if (at.value().is_array() && at.value().empty()) {
    at.refuse(reason::policy_member_type, "no method at all", "name one, or drop the member to take any method");
  }
  const auto names = at.texts();
  const auto elements = at.value().is_array() ? at.elements() : std::vector<node>();
  for (const auto& element : elements) {
    const auto* text = element.value().get_ptr<const std::string*>();
    if (text == nullptr || std::find(names.begin(), names.end(), *text) == names.end()) continue;
    auto method = load_method(element, *text);
    if (method && std::find(all.begin(), all.end(), *method) == all.end()) all.push_back(std::move(*method));
  }
  return all;
}

std::optional<std::size_t> load_size(const node& at) {
  constexpr std::int64_t most = std::int64_t{8} << 20;
  if (at.value().is_number()) {
    const auto given = at.integer(0, most);
    return given ? std::optional(static_cast<std::size_t>(*given)) : std::nullopt;
  }
  const auto text = at.text();
  if (!text) return std::nullopt;
  const auto size = document::parse_size(*text);
  if (size && *size <= static_cast<std::uint64_t>(most)) return static_cast<std::size_t>(*size);
  at.refuse(reason::policy_member_type, size ? "the size is out of range" : "not a size",
            "up to \"8MiB\": a number of bytes, or a string such as \"64KiB\"");
  return std::nullopt;
}

std::optional<body_rule::mode> load_body_mode(const node& at) {
  const auto index = at.one_of({"signed", "stream"});
  return index ? std::optional(static_cast<body_rule::mode>(*index)) : std::nullopt;
}

/// "signed", "stream", or { "mode": "signed", "max": "64KiB" }.
std::optional<body_rule> load_body(const node& at) {
  body_rule body;
  if (at.value().is_string()) {
    const auto mode = load_body_mode(at);
    if (mode) body.how = *mode;
    return body;
  }
  if (!at.is_object_of({"mode", "max"})) return std::nullopt;
  read_required(at, "mode", "\"signed\" or \"stream\"", body.how, load_body_mode);
  read_member(at, "max", body.signed_bytes, load_size);
  return body;
}

void load_condition(const node& at, std::string_view member, std::string_view name, const condition_compiler& compiler,
                    condition_ptr& to, loading_route& route) {
  const auto found = at.member(member);
  if (!found) return;
  auto compiled = compiler.truth(*found, std::string(name));
  if (!compiled) return;
  to = compiled->code;
  route.conditions.push_back(std::move(*compiled));
}

void load_conditions(const condition_compiler& compiler, loading_route& route) {
  auto& loaded = route.loaded;
  load_condition(route.at, "allow", "allow", compiler, loaded.allow, route);
  load_condition(route.at, "deny", "deny", compiler, loaded.deny, route);
  const auto shadow = route.at.member("shadow");
  if (!shadow || !shadow->is_object_of({"allow", "deny"})) return;
  load_condition(*shadow, "allow", "shadow.allow", compiler, loaded.shadow_allow, route);
  load_condition(*shadow, "deny", "shadow.deny", compiler, loaded.shadow_deny, route);
}

template <class Entry>
const Entry* find_named(const std::vector<Entry>& entries, std::string_view name) {
  for (const auto& entry : entries) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

template <class Entry>
const Entry* load_reference(const node& at, std::string_view what, const std::vector<Entry>& entries) {
  const auto name = at.text();
  if (!name) return nullptr;
  if (const auto* found = find_named(entries, *name)) return found;
  std::vector<std::string_view> known;
  for (const auto& entry : entries) known.push_back(entry.name);
  auto advice = document::suggestion(*name, known);
  if (advice.empty()) advice = "add it to \"" + std::string(what) + "s\"";
  at.refuse(reason::policy_reference_unknown, "there is no " + std::string(what) + " " + *name, std::move(advice));
  return nullptr;
}

void load_target(const compiled_policy& policy, loading_route& route) {
  const auto service = route.at.member("service");
  const auto job = route.at.member("job");
  if (service && job) {
    job->refuse_name(reason::policy_member_unknown, "a route leads to a service or to a job, not to both", "drop one");
    return;
  }
  if (!service && !job) {
    route.at.refuse(reason::policy_member_missing, "service is missing", "name the service or the job it leads to");
  }
  if (service) route.loaded.service = load_reference(*service, "service", policy.services);
  if (job) route.loaded.job = load_reference(*job, "job", policy.jobs);
}

/// What never sleeps is not woken: whoever writes it there means something else.
void load_waking(loading_route& route) {
  const auto said = route.at.member("wake");
  if (!said) return;
  read_member(route.at, "wake", route.loaded.wakes, [](const node& m) { return m.truth(); });
  const auto* service = route.loaded.service;
  if (route.loaded.job == nullptr && (service == nullptr || (service->ecs && service->ecs->wake))) return;
  said->refuse_name(reason::policy_member_unknown, "the route leads to nothing that wakes",
                    "drop it, or give the service \"ecs\" with \"wake\"");
}

void refuse_pattern(const node& at, const pattern_problem& problem) {
  at.refuse_inside(problem.offset, reason::policy_pattern_invalid, problem.message, problem.advice);
}

std::optional<std::string> load_host(const node& at) {
  const auto text = at.text();
  if (!text) return std::nullopt;
  const auto parsed = parse_host_pattern(*text);
  if (const auto* problem = std::get_if<pattern_problem>(&parsed)) return refuse_pattern(at, *problem), std::nullopt;
  return std::get_if<host_pattern>(&parsed)->text;
}

std::optional<std::string> load_id(const node& at) {
  auto id = at.text();
  return id && check_route_id(*id, at) ? id : std::nullopt;
}

std::optional<loading_route> load_route(const node& at, const route_scope& scope) {
  constexpr seconds longest_timeout = 100;  // Cloudflare ends a request that stays without a byte for 100 s
  if (!at.is_object_of({"id", "host", "path", "methods", "service", "job", "allow", "deny", "anonymous", "shadow",
                        "body", "labels", "assertion_ttl", "timeout", "cache", "cors", "wake"})) {
    return std::nullopt;
  }
  loading_route route{at, {}, {}};
  auto& loaded = route.loaded;
  loaded.assertion_ttl = scope.policy.edge.assertion_ttl;
  read_required(at, "id", "a name for audit records and tests", loaded.id, load_id);
  read_required(at, "host", "e.g. \"app.example.com\" or \"*.example.com\"", loaded.host, load_host);
  if (const auto path = at.required("path", "e.g. \"/api/**\"")) load_path(*path, loaded);
  read_member(at, "methods", loaded.methods, [](const node& m) { return std::optional(load_methods(m)); });
  read_member(at, "anonymous", loaded.anonymous, [](const node& m) { return m.truth(); });
  read_member(at, "body", loaded.body, load_body);
  read_member(at, "labels", loaded.labels, [](const node& m) { return std::optional(load_labels(m)); });
  read_member(at, "assertion_ttl", loaded.assertion_ttl, [](const node& m) { return m.duration(1, 300); });
  read_member(at, "timeout", loaded.timeout, [](const node& m) { return m.duration(1, longest_timeout); });
  load_cache(at, loaded);
  read_member(at, "cors", loaded.cors, load_cors);
  load_target(scope.policy, route);
  load_waking(route);
  load_conditions(scope.compiler, route);
  return route;
}

/// The parameters of a path; none when it is not a pattern.
std::vector<std::string> parameters_of(std::string_view path) {
  std::vector<std::string> names;
  const auto parsed = parse_path_pattern(path);
  const auto* pattern = std::get_if<path_pattern>(&parsed);
  if (pattern == nullptr) return names;
  for (const auto& segment : *pattern) {
    if (segment.kind == segment_kind::parameter) names.push_back(segment.text);
  }
  return names;
}

/// What a service adds to a route that leads to it.
void settle_service(const std::vector<placed_condition>& placed, const std::vector<std::string>& parameters,
                    route& loaded) {
  for (const auto& condition : placed) check_parameters(condition, parameters, "route " + loaded.id);
  for (const auto& condition : loaded.service->require) add_used(*condition, loaded.used);
  for (const auto& header : loaded.service->headers) add_used(*header.value, loaded.used);
}

/// What depends on the route as a whole: the reach of its conditions, and what travels for them.
void settle(loading_route& route, const route_scope& scope) {
  auto& loaded = route.loaded;
  const auto parameters = parameters_of(loaded.path);
  for (const auto& condition : route.conditions) {
    check_parameters(condition, parameters, "route " + loaded.id);
    if (loaded.service != nullptr) check_headers(condition, *loaded.service);
    if (loaded.job != nullptr) check_without_service(condition, "route " + loaded.id);
    add_used(*condition.code, loaded.used);
  }
  for (const auto& entry : scope.services) {
    const bool leads_here = loaded.service != nullptr && entry.service.name == loaded.service->name;
    if (leads_here) settle_service(entry.conditions, parameters, loaded);
  }
  settle_used(loaded.used);
}

void check_ids(const std::vector<loading_route>& routes) {
  std::map<std::string_view, bool> seen;
  for (const auto& route : routes) {
    if (route.loaded.id.empty() || seen.emplace(route.loaded.id, true).second) continue;
    route.at.refuse(reason::policy_duplicate, "two routes have the id " + route.loaded.id, "rename one");
  }
}

void index_routes(std::vector<loading_route>& routes, compiled_policy& policy) {
  policy.routes.reserve(routes.size());
  auto index = std::make_unique<matcher>();
  for (auto& entry : routes) {
    policy.routes.push_back(std::move(entry.loaded));
    const auto& route = policy.routes.back();
    if (route.host.empty() || route.path.empty()) continue;
    auto path = parse_path_pattern(route.path);
    const auto* tie = index->add(route, std::move(*std::get_if<path_pattern>(&path)));
    if (tie == nullptr) continue;
    entry.at.refuse(reason::policy_route_ambiguous,
                    "routes " + tie->id + " and " + route.id + " match the same requests, and neither is more specific",
                    "make their hosts, paths or methods differ, or make one route of both");
  }
  index->settle();
  policy.matcher = std::move(index);
}

}  // namespace

void load_routes(const node& at, const route_scope& scope) {
  std::vector<loading_route> routes;
  for (const auto& element : at.elements()) {
    auto route = load_route(element, scope);
    if (!route) continue;
    settle(*route, scope);
    routes.push_back(std::move(*route));
  }
  check_ids(routes);
  index_routes(routes, scope.policy);
}

}  // namespace sallyport::policy

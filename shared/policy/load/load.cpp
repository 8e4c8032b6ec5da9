#include "policy/load/load.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "aws/place.hpp"
#include "document/syntax.hpp"
#include "encoding/base64url.hpp"
#include "policy/load/loading.hpp"
#include "policy/load/member_synonyms.hpp"
#include "policy/load/names.hpp"
#include "policy/load/url.hpp"
#include "policy/matcher.hpp"

namespace sallyport::policy {
namespace {

std::optional<std::string> load_edge_issuer(const node& at) {
  auto url = read_url(at, url_path::any);
  if (!url || url->back() != '/') return url;
  at.refuse(reason::policy_member_type, "the issuer ends in a slash",
            "drop the slash: /.well-known/… is appended to it");
  return std::nullopt;
}

std::optional<edge_settings> load_edge(const node& at) {
  if (!at.is_object_of({"issuer", "assertion_ttl"})) return std::nullopt;
  edge_settings edge;
  read_required(at, "issuer", "the https URL under which the edge publishes its keys", edge.issuer, load_edge_issuer);
  read_member(at, "assertion_ttl", edge.assertion_ttl, [](const node& m) { return m.duration(1, 300); });
  return edge;
}

std::size_t count_places(const std::vector<issuer>& issuers) {
  std::set<std::pair<credential_source::place, std::string_view>> places;
  for (const auto& each : issuers) {
    for (const auto& source : each.from) places.emplace(source.where, source.name);
  }
  return places.size();
}

/// The names of the entries of a section, usable or not.
std::vector<std::string> names_below(const node& at, std::string_view section) {
  std::vector<std::string> names;
  const auto found = at.member(section);
  if (!found || !found->value().is_object()) return names;
  for (const auto& [name, value] : found->value().items()) names.push_back(name);
  return names;
}

/// An issuer before it that has one of the values of iss of `loaded`.
const issuer* find_same_issuer(const compiled_policy& policy, const issuer& loaded) {
  const auto* found = loaded.url.empty() ? nullptr : find_issuer_by_url(policy, loaded.url);
  for (const auto& other : loaded.other_urls) {
    if (found == nullptr) found = find_issuer_by_url(policy, other);
  }
  return found;
}

/// Tokens of v1.0 differ in their claims from those of v2.0, so they may have an entry of their own.
void leave_v1_to_its_own_entry(const node& issuers, issuer& loaded) {
  if (loaded.preset != preset::entra) return;
  std::erase_if(loaded.other_urls, [&](const std::string& url) {
    const auto& entries = issuers.value();
    return std::any_of(entries.begin(), entries.end(),
                       [&](const auto& entry) { return encoding::string_member(entry, "issuer") == url; });
  });
}

void load_issuers(const node& at, crypto::port& host, compiled_policy& to) {
  for (const auto& [name, below] : at.members()) {
    check_entry_name(name, below);
    auto loaded = load_issuer(name, below, host);
    if (!loaded) continue;
    leave_v1_to_its_own_entry(at, *loaded);
    const auto* other = find_same_issuer(to, *loaded);
    if (other != nullptr) {
      below.refuse(reason::policy_duplicate, "issuers " + other->name + " and " + name + " have the same iss",
                   "make one of both: list their audiences together");
    }
    to.issuers.push_back(std::move(*loaded));
  }
  if (count_places(to.issuers) <= max_credential_places) return;
  at.refuse(reason::policy_member_type, "the issuers name more than 64 places for a token",
            "let issuers share places: a token is tried with the issuer that it names");
}

/// Precondition: it has `ecs`. The account of a role that the document does not name is no part of it.
std::string place_of(const service& of) {
  auto role = role_of(of.ecs->role, of.ecs->region);
  if (of.ecs->role.empty()) role.account.clear();
  return aws::place_of(role, of.ecs->region, of.ecs->cluster, of.ecs->service);
}

/// Where the first entry of each place stands among the services.
using known_places = std::map<std::string, std::size_t>;

/// Entries that mean one service of ECS can differ in how it is reached, and not in when it wakes and sleeps.
void check_place(const node& at, const service& loaded, const compiled_policy& policy, known_places& known) {
  const bool whole = loaded.ecs && !loaded.ecs->region.empty() && !loaded.ecs->cluster.empty();
  if (!whole || loaded.ecs->service.empty()) return;
  const auto [found, is_new] = known.try_emplace(place_of(loaded), policy.services.size());
  if (is_new) return;
  const auto& first = policy.services[found->second];
  if (first.ecs->wake == loaded.ecs->wake) return;
  at.member("ecs")->refuse(
      reason::policy_duplicate,
      "services " + first.name + " and " + loaded.name + " are one service of ECS, and their wake differs",
      "write the same wake in both, or in neither");
}

std::vector<loaded_service> load_services(const node& at, const condition_compiler& compiler, compiled_policy& to) {
  std::vector<loaded_service> all;
  known_places places;
  for (const auto& [name, below] : at.members()) {
    check_entry_name(name, below);
    all.push_back(load_service(name, below, compiler));
    check_place(below, all.back().service, to, places);
    check_account(below, all.back().service, to);
    to.services.push_back(all.back().service);
  }
  return all;
}

void load_jobs(const node& at, const condition_compiler& compiler, compiled_policy& to) {
  for (const auto& [name, below] : at.members()) {
    check_entry_name(name, below);
    to.jobs.push_back(load_job(name, below, compiler));
  }
}

void load_document(const node& at, crypto::port& host, compiled_policy& to) {
  if (!at.is_object_of({"$schema", "name", "edge", "issuers", "aws", "services", "jobs", "routes"})) return;
  std::string schema;
  read_member(at, "$schema", schema, [](const node& m) { return m.text(); });
  read_member(at, "name", to.name, [](const node& m) { return m.text(); });
  read_required(at, "edge", "{ \"issuer\": \"https://…\" }: who signs the assertions", to.edge, load_edge);
  if (const auto issuers = at.member("issuers")) load_issuers(*issuers, host, to);
  // Before services, which name them.
  if (const auto accounts = at.member("aws")) load_accounts(*accounts, to);
  const condition_compiler compiler(names_below(at, "issuers"));
  std::vector<loaded_service> services;
  if (const auto found = at.member("services")) services = load_services(*found, compiler, to);
  if (const auto jobs = at.member("jobs")) load_jobs(*jobs, compiler, to);
  // After services and jobs: routes point at them.
  if (const auto routes = at.required("routes", "a policy without routes refuses every request")) {
    load_routes(*routes, {to, services, compiler});
  }
}

}  // namespace

load_result load_policy(std::string_view text, crypto::port& host) {
  auto parsed = encoding::parse_jsonc(text, document_limits);
  if (!parsed.ok()) return {nullptr, {document::syntax_problem(parsed.error(), text)}};
  document::report problems(text, *parsed, suggest_member);
  auto policy = std::make_shared<compiled_policy>();
  load_document(node(parsed->value, problems), host, *policy);
  if (!problems.empty()) return {nullptr, problems.take()};
  policy->canonical = encoding::canonical_json(parsed->value);
  policy->digest = encoding::encode_base64url(host.sha256(as_bytes(policy->canonical)));
  return {std::move(policy), {}};
}

}  // namespace sallyport::policy

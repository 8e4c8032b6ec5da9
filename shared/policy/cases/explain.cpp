#include "policy/cases/explain.hpp"

#include <deque>

#include "http/path.hpp"
#include "policy/cases/condition_record.hpp"

namespace sallyport::policy {
namespace {

using encoding::json;

/// Keeps a record of each condition that is asked.
class recorder final : public decision_observer {
 public:
  cel::observer* asks(const condition& what) override { return &asked_.emplace_back(what); }
  void said(const condition&, std::optional<bool> answer, const std::string& error) override {
    asked_.back().say(answer, error);
  }

  std::vector<explained_condition> explained() const {
    std::vector<explained_condition> all;
    for (const auto& each : asked_) all.push_back(each.explained());
    return all;
  }

 private:
  // A deque: what is handed out stays where it is.
  std::deque<condition_record> asked_;
};

class shadowed_recorder final : public decision_observer {
 public:
  cel::observer* asks(const condition& what) override { return real_.asks(what); }
  void said(const condition& what, std::optional<bool> answer, const std::string& error) override {
    real_.said(what, answer, error);
  }
  decision_observer* shadow() override { return &shadow_; }

  void take(explanation& to) const {
    to.conditions = real_.explained();
    to.shadow = shadow_.explained();
  }

 private:
  recorder real_, shadow_;
};

std::vector<candidate> candidates_of(const case_request& asked, const compiled_policy& policy) {
  const auto target = http::canonicalize_target(asked.target, allowed_forms(policy));
  if (!target.ok()) return {};
  const auto match = match_route(policy, asked.method, asked.host, target->path());
  return find_candidates(policy, match, asked.method, asked.host, target->path());
}

json describe_part(const explained_part& of) {
  json values = json::array();
  for (const auto& each : of.values) values.push_back({{"value", each.text}, {"times", each.times}});
  json made = {
      {"text", of.text}, {"line", of.at.line}, {"column", of.at.column}, {"depth", of.depth}, {"values", values}};
  if (of.more > 0) made["more"] = of.more;
  return made;
}

json describe_conditions(const std::vector<explained_condition>& all) {
  json made = json::array();
  for (const auto& each : all) {
    json parts = json::array();
    for (const auto& part : each.parts) parts.push_back(describe_part(part));
    json one = {{"name", each.name},
                {"source", each.source},
                {"result", !each.answer   ? "error"
                           : *each.answer ? "true"
                                          : "false"},
                {"parts", parts}};
    if (!each.answer) one["error"] = each.error;
    if (each.decided_by) one["decided_by"] = *each.decided_by;
    made.push_back(std::move(one));
  }
  return made;
}

json describe_caller(const result<identity>& who) {
  if (!who.ok()) return {{"refused", std::string(name_of(who.error().why))}, {"detail", who.error().detail}};
  return {{"issuer", who->issuer}, {"subject", who->subject}, {"kind", std::string(name_of(who->kind))}};
}

}  // namespace

explanation explain(const policy_case& what, const compiled_policy& policy) {
  explanation made;
  shadowed_recorder watching;
  made.outcome = run_case(what, policy, static_cast<decision_observer&>(watching));
  made.candidates = candidates_of(what.request, policy);
  watching.take(made);
  return made;
}

json as_json(const explanation& of, const policy_case& what) {
  json routes = json::array();
  for (const auto& each : of.candidates) {
    json one = {{"id", each.route->id}, {"taken", each.lost.empty()}};
    if (!each.lost.empty()) one["lost"] = each.lost;
    routes.push_back(std::move(one));
  }
  json made = {
      {"decision", of.outcome.allowed() ? "allow" : "deny"},
      {"reason", std::string(name_of(of.outcome.why))},
      {"route", of.outcome.route == nullptr ? "" : of.outcome.route->id},
      {"detail", of.outcome.detail},
      {"caller", describe_caller(what.who)},
      {"request", {{"method", what.request.method}, {"host", what.request.host}, {"target", what.request.target}}},
      {"routes", routes},
      {"conditions", describe_conditions(of.conditions)}};
  if (of.shadow.empty()) return made;
  made["shadow"] = {{"conditions", describe_conditions(of.shadow)}, {"differs", of.outcome.shadow.has_value()}};
  if (of.outcome.shadow) made["shadow"]["reason"] = std::string(name_of(*of.outcome.shadow));
  return made;
}

}  // namespace sallyport::policy

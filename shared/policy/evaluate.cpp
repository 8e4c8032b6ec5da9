#include "policy/evaluate.hpp"

#include "policy/condition.hpp"
#include "policy/decision_observer.hpp"
#include "policy/facts.hpp"

namespace sallyport::policy {
namespace {

/// What one condition said.
enum class verdict : std::uint8_t { no, yes, error };

/// The conditions that decide a route: the real ones, or those of its shadow.
struct rule_set {
  const condition* deny;
  const condition* allow;
};

/// One evaluation of a whole rule set.
class trial {
 public:
  trial(const facts& known, const budgets& limits, decision_observer* watching = nullptr)
      : known_(known), limits_{limits.max_steps}, watching_(watching) {}

  /// The reason that a route with these rules gives; ok only by way of an allow condition that is true.
  reason run(const route& at, const rule_set& rules);
  bool holds(const condition& what) { return ask(what) == verdict::yes; }
  std::string take_detail() { return std::move(detail_); }

 private:
  verdict ask(const condition& what);
  result<cel::value> answer_of(const condition& what);
  reason require(const route& at);

  const facts& known_;
  cel::evaluation_limits limits_;
  cel::arena memory_;
  std::string detail_;
  decision_observer* watching_;
};

reason trial::run(const route& at, const rule_set& rules) {
  if (rules.deny != nullptr) {
    const auto denied = ask(*rules.deny);
    if (denied == verdict::error) return reason::policy_condition_error;
    if (denied == verdict::yes) return reason::policy_denied;
  }
  if (const auto failed = require(at); failed != reason::ok) return failed;
  if (rules.allow == nullptr) return reason::policy_not_allowed;
  switch (ask(*rules.allow)) {
    case verdict::yes: return reason::ok;
    case verdict::no: return reason::policy_not_allowed;
    case verdict::error: return reason::policy_condition_error;
  }
  return reason::policy_condition_error;
}

reason trial::require(const route& at) {
  if (at.service == nullptr) return reason::ok;
  for (const auto& condition : at.service->require) {
    const auto held = ask(*condition);
    if (held == verdict::error) return reason::policy_condition_error;
    if (held == verdict::yes) continue;
    detail_ = condition->name();
    return reason::policy_requirement_failed;
  }
  return reason::ok;
}

verdict trial::ask(const condition& what) {
  const auto answer = answer_of(what);
  if (answer.ok() && answer->is(cel::kind::boolean)) {
    if (watching_ != nullptr) watching_->said(what, answer->as_boolean(), {});
    return answer->as_boolean() ? verdict::yes : verdict::no;
  }
  const std::string error = answer.ok() ? "neither true nor false" : answer.error().detail;
  if (watching_ != nullptr) watching_->said(what, std::nullopt, error);
  detail_ = what.name() + ": " + error;
  return verdict::error;
}

result<cel::value> trial::answer_of(const condition& what) {
  cel::observer* const parts = watching_ != nullptr ? watching_->asks(what) : nullptr;
  if (parts == nullptr) return cel::evaluate(what.code(), known_.variables(), memory_, limits_);
  return cel::evaluate(what.code(), known_.variables(), memory_, limits_, *parts);
}

/// The one place where a refusal becomes a permission.
void grant(decision& to) {
  to.why = reason::ok;
}

void refuse(decision& to, reason why, std::string detail) {
  to.why = why;
  to.detail = std::move(detail);
}

/// Its own variables and memory: whatever the shadow does, the real decision has been made without it.
void evaluate_shadow(const route_match& match, const identity& who, const request_facts& request, const budgets& limits,
                     decision_observer* watching, decision& to) {
  const auto& at = *match.route;
  if (at.shadow_allow == nullptr && at.shadow_deny == nullptr) return;
  const auto& deny = at.shadow_deny != nullptr ? at.shadow_deny : at.deny;
  const auto& allow = at.shadow_allow != nullptr ? at.shadow_allow : at.allow;
  const facts known(who, request, match);
  const auto why = trial(known, limits, watching).run(at, {deny.get(), allow.get()});
  if ((why == reason::ok) != to.allowed()) to.shadow = why;
}

}  // namespace

decision decide(const compiled_policy&, const route_match& match, const identity& who, const request_facts& request,
                const budgets& limits, decision_observer* watching) {
  decision made;
  if (match.route == nullptr) return made;
  const auto& at = *match.route;
  made.route = &at;
  refuse(made, reason::credential_missing, {});
  if (who.kind == identity_kind::anonymous && !at.anonymous) return made;
  const facts known(who, request, match);
  trial real(known, limits, watching);
  const auto why = real.run(at, {at.deny.get(), at.allow.get()});
  if (why == reason::ok) grant(made);
  if (why != reason::ok) refuse(made, why, real.take_detail());
  evaluate_shadow(match, who, request, limits, watching != nullptr ? watching->shadow() : nullptr, made);
  return made;
}

bool may_inspect(const route_match& which, const identity& who, const request_facts& request, const budgets& limits) {
  if (which.route == nullptr || which.route->job == nullptr || which.route->job->inspect == nullptr) return false;
  const facts known(who, request, which);
  return trial(known, limits).holds(*which.route->job->inspect);
}

bool may_operate(const route_match& which, const identity& who, const request_facts& request, const budgets& limits) {
  const auto* to = which.route == nullptr ? nullptr : which.route->service;
  if (to == nullptr || !to->ecs || to->ecs->operators == nullptr) return false;
  const facts known(who, request, which);
  return trial(known, limits).holds(*to->ecs->operators);
}

}  // namespace sallyport::policy

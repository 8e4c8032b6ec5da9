// The plan as the host carries it from the decision to the operations of the cache.
#include "gate/edge/cache_plan.hpp"

namespace sallyport::gate {
namespace {

using encoding::find_member;
using encoding::json;

std::string_view name_of(cache_plan::use how) {
  switch (how) {
    case cache_plan::use::answers: return "answers";
    case cache_plan::use::bypass: return "bypass";
    case cache_plan::use::invalidates: return "invalidates";
  }
  __builtin_trap();
}

std::optional<cache_plan::use> use_from(std::string_view name) {
  for (const auto how : {cache_plan::use::answers, cache_plan::use::bypass, cache_plan::use::invalidates}) {
    if (name_of(how) == name) return how;
  }
  return std::nullopt;
}

std::optional<seconds> seconds_member(const json& from, std::string_view name) {
  return encoding::integer_member(from, name);
}

std::vector<std::string> names_member(const json& from, std::string_view name) {
  std::vector<std::string> names;
  const auto* list = find_member(from, name);
  if (list == nullptr || !list->is_array()) return names;
  for (const auto& each : *list) {
    if (each.is_string()) names.push_back(each.get<std::string>());
  }
  return names;
}

}  // namespace

json to_json(const cache_plan& plan) {
  json out = {{"use", name_of(plan.how)},
              {"key", plan.key},
              {"identity", plan.identity},
              {"shared", plan.shared},
              {"stale_if_error", plan.terms.stale_if_error},
              {"own_fields", plan.terms.own_fields},
              {"caller_fields", plan.terms.caller_fields},
              {"may_validate", plan.may_validate}};
  if (plan.terms.max_age) out["max_age"] = *plan.terms.max_age;
  return out;
}

std::optional<cache_plan> cache_plan_from(const json& from) {
  const auto how = use_from(encoding::string_member(from, "use").value_or(""));
  const auto key = encoding::string_member(from, "key");
  const auto identity = encoding::string_member(from, "identity");
  const auto* may_validate = find_member(from, "may_validate");
  if (!how || !key || !identity || may_validate == nullptr || !may_validate->is_boolean()) return std::nullopt;
  cache_plan plan;
  plan.how = *how;
  plan.key = *key;
  plan.identity = *identity;
  plan.shared = encoding::string_member(from, "shared").value_or("shared");
  plan.may_validate = may_validate->get<bool>();
  plan.terms.max_age = seconds_member(from, "max_age");
  plan.terms.stale_if_error = seconds_member(from, "stale_if_error").value_or(0);
  plan.terms.own_fields = names_member(from, "own_fields");
  plan.terms.caller_fields = names_member(from, "caller_fields");
  plan.terms.keeps_own = !plan.identity.empty();
  plan.terms.shares = !plan.shared.empty();
  return plan;
}

}  // namespace sallyport::gate

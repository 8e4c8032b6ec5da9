// The plan as the host carries it from the decision to the operations of the cache.
#include "encoding/json_members.hpp"
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
  const auto how = use_from(encoding::text_member(from, "use"));
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
  plan.terms.max_age = encoding::integer_member(from, "max_age");
  plan.terms.stale_if_error = encoding::number_member(from, "stale_if_error");
  plan.terms.own_fields = encoding::texts_member(from, "own_fields");
  plan.terms.caller_fields = encoding::texts_member(from, "caller_fields");
  plan.terms.keeps_own = !plan.identity.empty();
  plan.terms.shares = !plan.shared.empty();
  return plan;
}

}  // namespace sallyport::gate

#include <algorithm>

#include "policy/load/loading.hpp"

namespace sallyport::policy {
namespace {

constexpr seconds one_day = 86400;

std::optional<cache_rule> load_cache_rule(const node& at) {
  cache_rule rule;
  if (at.value().is_boolean()) {
    if (at.value().get<bool>()) return rule;
    at.refuse(reason::policy_member_type, "a route without cache has no \"cache\"", "drop the member");
    return std::nullopt;
  }
  if (!at.is_object_of({"max_age", "stale_if_error"})) return std::nullopt;
  read_member(at, "max_age", rule.max_age, [](const node& m) { return m.duration(1, one_day); });
  read_member(at, "stale_if_error", rule.stale_if_error, [](const node& m) { return m.duration(1, one_day); });
  return rule;
}

bool allows_get(const route& at) {
  return at.methods.empty() || std::find(at.methods.begin(), at.methods.end(), "GET") != at.methods.end();
}

}  // namespace

void load_cache(const node& route_at, route& to) {
  const auto at = route_at.member("cache");
  if (!at) return;
  to.cache = load_cache_rule(*at);
  if (route_at.member("job")) {
    at->refuse_name(reason::policy_member_unknown, "the runs of a job are never cached", "drop \"cache\"");
  } else if (!allows_get(to)) {
    at->refuse_name(reason::policy_member_unknown, "only answers to GET are cached, and this route does not take it",
                    "add GET to \"methods\", or drop \"cache\"");
  }
}

}  // namespace sallyport::policy

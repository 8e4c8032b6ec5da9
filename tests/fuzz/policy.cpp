// Invariant: a document is a policy or a list of problems, each inside the document; a policy has one canonical form,
// which loads as the same policy under the same digest; and a decision without `allow` is never made.
#include <algorithm>
#include <utility>

#include "policy/evaluate.hpp"
#include "policy/load/load.hpp"
#include "tests/fuzz/support/fuzz.hpp"

using namespace sallyport;

namespace {

void check_problems(std::string_view text, const std::vector<policy::problem>& problems) {
  fuzz::hold(!problems.empty(), "what does not load says why");
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  for (const auto& problem : problems) {
    fuzz::hold(problem.line >= 1 && problem.line <= lines && problem.column >= 1, "and where");
    fuzz::hold(!problem.message.empty() && !policy::describe(problem).empty(), "and what");
  }
}

void check_decisions(const policy::compiled_policy& policy) {
  const policy::identity nobody;
  policy::identity somebody;
  somebody.issuer = "idp";
  somebody.subject = "alice";
  somebody.kind = policy::identity_kind::user;
  somebody.groups = {"finance"};
  for (const auto& route : policy.routes) {
    policy::request_facts request;
    request.method = route.methods.empty() ? "GET" : std::string_view(route.methods.front());
    request.host = route.host;
    request.path = "/api/reports";
    const auto match = policy::match_route(policy, request.method, request.host, request.path);
    for (const policy::identity* who : {&nobody, &std::as_const(somebody)}) {
      const auto decision = policy::decide(policy, match, *who, request);
      fuzz::hold(!decision.allowed() || (decision.route != nullptr && decision.route->allow != nullptr),
                 "nothing is allowed without a condition that says so");
      fuzz::hold(!decision.allowed() || who != &nobody || decision.route->anonymous, "nobody gets in only where told");
    }
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  const auto loaded = policy::load_policy(text, fuzz::host());
  if (!loaded.policy) {
    check_problems(text, loaded.problems);
    return 0;
  }
  fuzz::hold(loaded.problems.empty(), "a policy has no problems");
  const auto again = policy::load_policy(loaded.policy->canonical, fuzz::host());
  fuzz::hold(again.policy != nullptr, "the canonical form loads");
  fuzz::hold(again.policy->canonical == loaded.policy->canonical, "as itself");
  fuzz::hold(again.policy->digest == loaded.policy->digest, "under the same digest");
  check_decisions(*loaded.policy);
  return 0;
}

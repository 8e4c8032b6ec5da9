// The operation `explain`: in {policy, question {as, request}} as `sallyport policy explain` asks; out what it prints with
// --json. A policy that does not load: the reason of its first problem, as for a question; with what is wrong in {problems}.
#include "document/problem.hpp"
#include "policy/cases/explain.hpp"
#include "policy/cases/read.hpp"
#include "policy/load/load.hpp"
#include "tests/probe/argument_rules.hpp"
#include "tests/probe/arguments.hpp"
#include "tests/probe/ops.hpp"

namespace sallyport::probe {
namespace {

outcome refused_document(const std::vector<document::problem>& problems) {
  json all = json::array();
  for (const auto& each : problems) all.push_back(document::describe(each));
  return answer{problems.front().why, json{{"problems", std::move(all)}}};
}

}  // namespace

outcome run_explain(const json& in, crypto::port& host) {
  const auto wrong = find_mistake(in, {{"policy", shapes::object, true}, {"question", shapes::object, true}});
  if (wrong) return *wrong;
  const auto loaded = policy::load_policy(encoding::canonical_json(in["policy"]), host);
  if (loaded.policy == nullptr) return refused_document(loaded.problems);
  const auto read = policy::read_question(encoding::canonical_json(in["question"]), {}, *loaded.policy);
  if (!read.question) return refused_document(read.problems);
  return answer{reason::ok, as_json(policy::explain(*read.question, *loaded.policy), *read.question)};
}

}  // namespace sallyport::probe

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "agent/cli/exit_code.hpp"
#include "agent/cli/explain_report.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/program.hpp"
#include "agent/cli/question.hpp"

namespace sallyport::agent::cli {

namespace {

int explain_one(const question_options& chosen) {
  if (chosen.as.size() > 1) {
    complain("one caller at a time; `sallyport policy try` asks about several");
    return exit_usage;
  }
  const auto opened = open_policy(chosen);
  int exit = opened.exit;
  if (exit != exit_ok) return exit;
  auto request = read_asked(chosen, opened, exit);
  if (!request) return exit;
  policy::policy_case what;
  what.request = *std::move(request);
  if (chosen.names_caller()) {
    auto callers = read_callers(chosen, opened, exit);
    if (callers.empty()) return exit;
    what.who = std::move(callers.front().who);
  }
  const auto why = policy::explain(what, *opened.policy);
  if (chosen.as_json) print_json(as_json(why, what));
  if (!chosen.as_json) std::cout << as_text(why, what, wants_colour()) << std::flush;
  return exit_ok;
}

}  // namespace

void add_policy_explain_command(CLI::App& policy, int& exit) {
  auto* const command =
      policy.add_subcommand("explain", "Say why a request is allowed or denied: routes, conditions, and their parts.");
  const auto chosen = std::make_shared<question_options>();
  add_question_options(*command, *chosen, true);
  command->footer(
      "Without a caller, the request comes without a credential. Nothing is sent, and no signature is checked. The\n"
      "part that decided is marked; parts that were not asked could not have changed the decision. Values of claims\n"
      "and of signed header fields that conditions read are shown; tokens never are. Colours on a terminal, unless\n"
      "NO_COLOR is set.\n"
      "Exit codes: 0 whatever it decides; 2 the options are wrong; 3 the policy, the cases or the question cannot be\n"
      "used; 4 a file cannot be read.\n\n"
      "Examples:\n"
      "  sallyport policy explain policy.jsonc GET https://reports.acme.example/api/q1 --as alice\n"
      "  sallyport policy explain policy.jsonc https://reports.acme.example/api/q1 --issuer okta --subject bob --group "
      "sales");
  command->callback([chosen, &exit] { exit = explain_one(*chosen); });
}

}  // namespace sallyport::agent::cli

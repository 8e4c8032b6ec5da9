#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "agent/cli/exit_code.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/problems.hpp"
#include "agent/cli/program.hpp"
#include "agent/openssl/host.hpp"
#include "encoding/visible.hpp"
#include "jose/jwk_set.hpp"
#include "policy/load/lint.hpp"
#include "policy/load/load.hpp"

namespace sallyport::agent::cli {

namespace {

using encoding::json;

struct options {
  std::string file;
  bool as_json = false;
  bool strict = false;
};

/// A policy and the text that it was loaded from.
struct loaded_file {
  std::string text;
  policy::policy_ptr policy;
};

json describe_warnings(const std::string& file, const std::vector<policy::finding>& findings) {
  json all = json::array();
  for (const auto& each : findings)
    all.push_back({{"file", file},
                   {"line", each.line},
                   {"column", each.column},
                   {"path", each.path},
                   {"rule", std::string(each.rule)},
                   {"message", each.message},
                   {"advice", each.advice}});
  return all;
}

/// The kids of the keys that stand in the document, by issuer.
json static_keys(const policy::compiled_policy& loaded) {
  json all = json::object();
  for (const auto& issuer : loaded.issuers) {
    if (issuer.keys == nullptr) continue;
    json& kids = all[issuer.name] = json::array();
    for (const auto& key : issuer.keys->keys()) kids.push_back(key.kid);
  }
  return all;
}

json describe_policy(const policy::compiled_policy& loaded) {
  return {{"ok", true},
          {"name", loaded.name},
          {"digest", loaded.digest},
          {"issuers", loaded.issuers.size()},
          {"services", loaded.services.size()},
          {"jobs", loaded.jobs.size()},
          {"routes", loaded.routes.size()},
          {"static_keys", static_keys(loaded)}};
}

std::string describe_briefly(const policy::compiled_policy& loaded) {
  const auto count = [](std::size_t number, std::string_view noun) {
    return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
  };
  std::string text = loaded.name + ": " + count(loaded.routes.size(), "route") + ", " +
                     count(loaded.services.size(), "service") + ", " + count(loaded.jobs.size(), "job") + ", " +
                     count(loaded.issuers.size(), "issuer");
  for (const auto& issuer : loaded.issuers) {
    if (issuer.keys == nullptr) continue;
    text += "\nissuer " + issuer.name + ": " + count(issuer.keys->keys().size(), "key") +
            " in the policy; none are fetched";
  }
  return text + "\ndigest " + loaded.digest;
}

/// Loads, and says what is wrong. Without a policy: it does not load, and `exit` says how.
loaded_file load(const options& chosen, int problem_code, int& exit) {
  auto text = read_input(chosen.file, policy::document_limits.max_bytes);
  if (!text.ok()) {
    complain(chosen.file, text.error(), chosen.as_json);
    exit = exit_unavailable;
    return {};
  }
  const auto host = openssl::make_host();
  auto loaded = policy::load_policy(*text, *host);
  if (loaded.problems.empty()) return {std::move(*text), std::move(loaded.policy)};
  (chosen.as_json ? print_problems_json : print_problems)(chosen.file, loaded.problems);
  exit = problem_code;
  return {};
}

int check(const options& chosen) {
  int exit = exit_ok;
  const auto loaded = load(chosen, exit_check_failed, exit);
  if (!loaded.policy) return exit;
  const auto findings = policy::lint(loaded.text, *loaded.policy);
  if (chosen.as_json) {
    auto described = describe_policy(*loaded.policy);
    described["warnings"] = describe_warnings(chosen.file, findings);
    print_json(described);
  } else {
    for (const auto& each : findings)
      std::cerr << chosen.file << ":" << encoding::visible(policy::describe(each)) << "\n";
    std::cout << encoding::visible(describe_briefly(*loaded.policy)) << "\n";
  }
  return chosen.strict && !findings.empty() ? exit_check_failed : exit_ok;
}

int digest(const options& chosen) {
  int exit = exit_ok;
  const auto loaded = load(chosen, exit_config, exit);
  if (!loaded.policy) return exit;
  if (chosen.as_json) print_json({{"digest", loaded.policy->digest}});
  if (!chosen.as_json) std::cout << loaded.policy->digest << "\n";
  return exit;
}

CLI::App& add_verb(CLI::App& policy, const char* name, const char* about, std::shared_ptr<options> chosen,
                   int (*act)(const options&), int& exit, const char* footer) {
  auto* const command = policy.add_subcommand(name, about);
  command->add_option("FILE", chosen->file, "The policy document; - is standard input.")->required();
  command->add_flag("--json", chosen->as_json, "As JSON, for machines.");
  command->footer(footer);
  command->callback([chosen, act, &exit] { exit = act(*chosen); });
  return *command;
}

}  // namespace

void add_policy_command(CLI::App& parent, int& exit) {
  auto* const command = parent.add_subcommand("policy", "Check and test policy documents.");
  command->require_subcommand(1);
  const auto chosen = std::make_shared<options>();
  add_verb(
      *command, "check", "Load a policy as edge and agent do; list every mistake, and what may not mean what it says.",
      chosen, check, exit,
      "A problem is FILE:LINE:COLUMN: what is wrong (where in the document); what to do. A warning says \"warning:\"\n"
      "in front, and the policy loads.\n"
      "Exit codes: 0 it loads; 1 it has problems, or with --strict warnings; 4 it cannot be read.\n\n"
      "Example:\n  sallyport policy check --strict policy.jsonc")
      .add_flag("--strict", chosen->strict, "Fail on warnings, too.");
  add_verb(*command, "digest",
           "Print the digest of a policy's canonical form, as assertions and audit records carry it.", chosen, digest,
           exit,
           "Two documents with the same digest decide the same; comments and spacing do not count.\n"
           "Exit codes: 0; 3 it does not load; 4 it cannot be read.\n\n"
           "Example:\n  test \"$(sallyport policy digest a.jsonc)\" = \"$(sallyport policy digest b.jsonc)\"");
  add_policy_test_command(*command, exit);
  add_policy_explain_command(*command, exit);
  add_policy_try_command(*command, exit);
}

}  // namespace sallyport::agent::cli

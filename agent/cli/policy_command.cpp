#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "agent/cli/exit_code.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/program.hpp"
#include "agent/openssl/host.hpp"
#include "encoding/visible.hpp"
#include "policy/load.hpp"

namespace sallyport::agent::cli {

namespace {

using encoding::json;

constexpr std::size_t max_policy_bytes = std::size_t{8} << 20;

struct options {
  std::string file;
  bool as_json = false;
};

json describe_problems(const std::string& file, const std::vector<policy::problem>& problems) {
  json all = json::array();
  for (const auto& each : problems)
    all.push_back({{"file", file},
                   {"line", each.line},
                   {"column", each.column},
                   {"path", each.path},
                   {"reason", std::string(name_of(each.why))},
                   {"message", each.message},
                   {"advice", each.advice}});
  return all;
}

json describe_policy(const policy::compiled_policy& loaded) {
  return {{"ok", true},
          {"name", loaded.name},
          {"digest", loaded.digest},
          {"issuers", loaded.issuers.size()},
          {"services", loaded.services.size()},
          {"jobs", loaded.jobs.size()},
          {"routes", loaded.routes.size()}};
}

std::string describe_briefly(const policy::compiled_policy& loaded) {
  return loaded.name + ": " + std::to_string(loaded.routes.size()) + " routes, " +
         std::to_string(loaded.services.size()) + " services, " + std::to_string(loaded.jobs.size()) + " jobs, " +
         std::to_string(loaded.issuers.size()) + " issuers\ndigest " + loaded.digest;
}

/// Loads, and says what is wrong. Null: it does not load, and `exit` says how.
policy::policy_ptr load(const options& chosen, int problem_code, int& exit) {
  const auto text = read_input(chosen.file, max_policy_bytes);
  if (!text.ok()) {
    complain(chosen.file, text.error(), chosen.as_json);
    exit = exit_unavailable;
    return nullptr;
  }
  const auto host = openssl::make_host();
  auto loaded = policy::load_policy(*text, *host);
  if (loaded.problems.empty()) return loaded.policy;
  if (chosen.as_json) print_json({{"ok", false}, {"problems", describe_problems(chosen.file, loaded.problems)}});
  if (!chosen.as_json)
    for (const auto& each : loaded.problems)
      std::cerr << chosen.file << ":" << encoding::visible(policy::describe(each)) << "\n";
  exit = problem_code;
  return nullptr;
}

int check(const options& chosen) {
  int exit = exit_ok;
  const auto loaded = load(chosen, exit_check_failed, exit);
  if (!loaded) return exit;
  if (chosen.as_json) print_json(describe_policy(*loaded));
  if (!chosen.as_json) std::cout << encoding::visible(describe_briefly(*loaded)) << "\n";
  return exit;
}

int digest(const options& chosen) {
  int exit = exit_ok;
  const auto loaded = load(chosen, exit_config, exit);
  if (!loaded) return exit;
  if (chosen.as_json) print_json({{"digest", loaded->digest}});
  if (!chosen.as_json) std::cout << loaded->digest << "\n";
  return exit;
}

void add_verb(CLI::App& policy, const char* name, const char* about, int (*act)(const options&), int& exit,
              const char* footer) {
  auto* const command = policy.add_subcommand(name, about);
  auto chosen = std::make_shared<options>();
  command->add_option("FILE", chosen->file, "The policy document; - is standard input.")->required();
  command->add_flag("--json", chosen->as_json, "As JSON, for machines.");
  command->footer(footer);
  command->callback([chosen, act, &exit] { exit = act(*chosen); });
}

}  // namespace

void add_policy_command(CLI::App& parent, int& exit) {
  auto* const command = parent.add_subcommand("policy", "Check policy documents.");
  command->require_subcommand(1);
  add_verb(*command, "check", "Load a policy as edge and agent would, and list everything that is wrong with it.",
           check, exit,
           "Problems are FILE:LINE:COLUMN: what is wrong (where in the document). What to do.\n"
           "Exit codes: 0 it loads; 1 it has problems; 4 it cannot be read.\n\n"
           "Example:\n  sallyport policy check policy.jsonc");
  add_verb(*command, "digest",
           "Print the digest of a policy's canonical form, as assertions and audit records carry it.", digest, exit,
           "Two documents with the same digest decide the same; comments and spacing do not count.\n"
           "Exit codes: 0; 3 it does not load; 4 it cannot be read.\n\n"
           "Example:\n  test \"$(sallyport policy digest a.jsonc)\" = \"$(sallyport policy digest b.jsonc)\"");
}

}  // namespace sallyport::agent::cli

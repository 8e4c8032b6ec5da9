#include "agent/cli/program.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "agent/cli/exit_code.hpp"
#include "agent/cli/output.hpp"
#include "agent/version.hpp"
#include "document/suggest.hpp"

namespace sallyport::agent::cli {

namespace {

constexpr std::string_view first_lines =
    "sallyport: lets only those requests through to your app that the edge has signed. Also: tools for keys, policies, "
    "tokens, logs and services that sleep.";

constexpr std::string_view last_lines = R"(Examples:
  sallyport agent --config /etc/sallyport/agent.jsonc --check
  sallyport agent --config /etc/sallyport/agent.jsonc
  sallyport keys generate --alg ES256 --out edge-keys.json
  sallyport policy check policy.jsonc
  sallyport token inspect < token.txt
  sallyport logs edge.log agent.log

Exit codes: 0 done; 1 a check failed; 2 wrong command line; 3 a configuration, policy or key file cannot be used;
4 a file, an address or another program cannot be reached.
'sallyport COMMAND --help' explains a command. docs/reference/agent.md has the reference.)";

int print_version(bool as_json) {
  if (as_json) print_json({{"name", "sallyport"}, {"version", std::string(version)}});
  if (!as_json) std::cout << "sallyport " << version << "\n";
  return exit_ok;
}

void add_version_command(CLI::App& parent, int& exit) {
  auto* const command = parent.add_subcommand("version", "Print the version.");
  auto as_json = std::make_shared<bool>(false);
  command->add_flag("--json", *as_json, "As JSON.");
  command->callback([as_json, &exit] { exit = print_version(*as_json); });
}

// What was asked for and could not be written has not been done: a key, say, on a full disk.
int delivered(int exit) {
  std::cout.flush();
  if (std::cout) return exit;
  complain("standard output cannot be written");
  return exit == exit_ok ? exit_unavailable : exit;
}

// "policey" is not an unknown argument but a command that was misspelled.
std::string suggest_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return "";
  std::vector<std::string> names;
  for (const CLI::App* each : app.get_subcommands({})) names.push_back(each->get_name());
  if (std::ranges::count(names, argv[1]) > 0) return "";
  const std::vector<std::string_view> views(names.begin(), names.end());
  return std::string(argv[1]) + " is not a command; " + document::suggestion(argv[1], views);
}

}  // namespace

int run(int argc, char** argv) {
  int exit = exit_ok;
  CLI::App app{std::string(first_lines), "sallyport"};
  app.footer(std::string(last_lines));
  app.require_subcommand(1);
  app.set_version_flag("--version", "sallyport " + std::string(version));
  add_agent_command(app, exit);
  add_keys_command(app, exit);
  add_policy_command(app, exit);
  add_token_command(app, exit);
  add_logs_command(app, exit);
  add_wake_command(app, exit);
  add_healthcheck_command(app, exit);
  add_version_command(app, exit);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    const std::string hint = suggest_command(app, argc, argv);
    if (hint.empty()) app.exit(error);
    if (!hint.empty()) std::cerr << hint << "\n";
    return exit_usage;
  }
  return delivered(exit);
}

}  // namespace sallyport::agent::cli

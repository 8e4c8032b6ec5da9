#include <httplib.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "agent/cli/exit_code.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/program.hpp"
#include "agent/config/load.hpp"

namespace sallyport::agent::cli {

namespace {

struct options {
  std::string config;
  std::string address;
  std::int64_t timeout = 3;
  bool live = false;
  bool as_json = false;
};

/// Where the agent's admin server is: said, or as the agent itself would find out.
std::optional<config::address> admin_address(const options& chosen) {
  if (!chosen.address.empty()) return config::parse_address(chosen.address);
  auto environment = config::process_environment();
  auto loaded = config::load(chosen.config, environment);
  return loaded.values.admin_listen;
}

int ask(const options& chosen) {
  const auto where = admin_address(chosen);
  if (!where) {
    complain("--address: not an address. Write host:port, like 127.0.0.1:9090.");
    return exit_usage;
  }
  const bool everywhere = where->host == "0.0.0.0" || where->host == "::";
  httplib::Client client(everywhere ? "127.0.0.1" : where->host, where->port);
  client.set_follow_location(false);
  client.set_connection_timeout(chosen.timeout);
  client.set_read_timeout(chosen.timeout);
  const auto answer = client.Get(chosen.live ? "/healthz" : "/readyz");
  if (!answer) {
    complain(config::to_text(*where) + ": " + httplib::to_string(answer.error()) +
             ". Is the agent running, and is this its admin.listen?");
    return exit_unavailable;
  }
  const bool healthy = answer->status == 200;
  if (chosen.as_json) print_json({{"healthy", healthy}, {"status", answer->status}, {"body", answer->body}});
  if (!chosen.as_json) (healthy ? std::cout : std::cerr) << answer->body;
  return healthy ? exit_ok : exit_check_failed;
}

constexpr std::string_view footer = R"(For the health check of an ECS task definition or a container:
  "healthCheck": { "command": ["CMD", "/sallyport", "healthcheck"] }
It finds the agent's admin address as the agent does: --config, SALLYPORT_ADMIN_LISTEN, or the default.

Exit codes: 0 ready; 1 not ready, the answer says why; 4 no answer.)";

}  // namespace

void add_healthcheck_command(CLI::App& parent, int& exit) {
  auto* const command = parent.add_subcommand("healthcheck", "Ask a running agent whether it is ready.");
  auto chosen = std::make_shared<options>();
  command->add_option("--config", chosen->config, "The agent's configuration.")->envname("SALLYPORT_CONFIG");
  command->add_option("--address", chosen->address, "Its admin address, instead of the configured one.");
  command->add_option("--timeout", chosen->timeout, "Seconds to wait.")->check(CLI::Range(1, 60));
  command->add_flag("--live", chosen->live, "Ask whether it runs, not whether it is ready.");
  command->add_flag("--json", chosen->as_json, "As JSON, for machines.");
  command->footer(std::string(footer));
  command->callback([chosen, &exit] { exit = ask(*chosen); });
}

}  // namespace sallyport::agent::cli
